package import Registry

/// What became of a source's word.
package struct Admission: Sendable {
    /// What was believed of it, together with what it made believable.
    package let believed: RegistryDelta
    package let outcome: MergeOutcome
    /// What was held back or released.
    package let news: [SourceGuard.News]
    /// Whether time alone may make more of it believable.
    package let isWaiting: Bool
}

extension MergeOutcome {
    /// The same as something that readers see, when there is any consumer in it.
    fileprivate func ofConsumers(_ generation: inout UInt64) -> MergeOutcome {
        var outcome = self
        outcome.isVisible = !consumers.isEmpty
        if outcome.isVisible { generation += 1 }
        return outcome
    }
}

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

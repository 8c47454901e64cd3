import Discovery
import Registry

/// What writers of the registry change, one after the other.
struct RegistryCore: Sendable {
    var merged: MergedRegistry
    var statuses: [SourceStatus]
    var guards: [SourceID: SourceGuard]
    var generation: UInt64 = 0

    /// Brings what is shown of every source up to date; `uptime` and `now` are the same moment on two clocks.
    mutating func showSources(uptime: Duration, now: UnixTime) {
        for index in statuses.indices {
            let source = statuses[index].source
            statuses[index].counts = merged.counts(of: source)
            statuses[index].standing = merged.precedence.standing(of: source)
            guard let trust = guards[source] else { continue }
            statuses[index].damped = trust.dampedCount
            statuses[index].isHeldByOperator = trust.isHeldByOperator
            statuses[index].quarantine = trust.held.map { QuarantineStatus($0, uptime: uptime, now: now) }
        }
    }
}

extension MergeOutcome {
    /// The same as something that readers see, when there is any consumer in it.
    func ofConsumers(_ generation: inout UInt64) -> MergeOutcome {
        var outcome = self
        outcome.isVisible = !consumers.isEmpty
        if outcome.isVisible { generation += 1 }
        return outcome
    }
}

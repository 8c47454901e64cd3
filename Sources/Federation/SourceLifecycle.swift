package import Registry

/// How one source does: what each attempt to read it means. Pure; tells which transition is worth a line of log.
package struct SourceLifecycle: Sendable {
    /// A change of state.
    package struct Transition: Sendable, Equatable {
        package let from: SourceStatus.State
        package let to: SourceStatus.State
    }

    package private(set) var status: SourceStatus

    package init(_ status: SourceStatus) { self.status = status }

    /// What was kept over a restart is served until the source speaks; it was last confirmed at `confirmed`.
    package mutating func restored(confirmed: UnixTime, upstreamName: String?) {
        status.isRestored = true
        status.lastSuccess = confirmed
        status.upstreamName = upstreamName
    }

    /// A read succeeded.
    package mutating func succeeded(at now: UnixTime, upstreamName: String?) -> Transition? {
        status.isRestored = false
        status.lastSuccess = now
        status.consecutiveFailures = 0
        if let upstreamName { status.upstreamName = upstreamName }
        return enter(.synced, at: now)
    }

    /// A read failed; what was said last stays.
    package mutating func failed(_ reason: SourceFailure, at now: UnixTime) -> Transition? {
        status.lastFailure = (now, reason)
        status.consecutiveFailures += 1
        return enter(.stale, at: now)
    }

    private mutating func enter(_ state: SourceStatus.State, at now: UnixTime) -> Transition? {
        guard state != status.state else { return nil }
        let transition = Transition(from: status.state, to: state)
        status.state = state
        status.since = now
        return transition
    }
}

/// Covers a short absence of the source that heartbeats go to, so that a restart there does not let every client
/// register anew. Pure; time is a `Duration` since a fixed point.
///
/// While the source is away one heartbeat at a time asks whether it is back, so that nobody waits for a source that
/// hangs; the others are answered at once.
struct Absorption {
    enum Decision: Equatable {
        /// Pass it on, and say how it went.
        case ask
        /// Answer 200: the absence is short so far.
        case absorb
        /// Say that the source is away.
        case refuse
    }

    /// How long an absence is covered.
    let limit: Duration
    /// Since when it is away, and whether somebody is asking.
    private var absence: (since: Duration, isAsked: Bool)?

    init(limit: Duration) { self.limit = limit }

    /// What to do with a heartbeat.
    mutating func begin(at now: Duration) -> Decision {
        guard let known = absence else { return .ask }
        if known.isAsked { return cover(at: now) }
        absence?.isAsked = true
        return .ask
    }

    /// The source answered.
    mutating func answered() { absence = nil }

    /// The source could not be asked: what to do with the heartbeat now.
    mutating func failed(at now: Duration) -> Decision {
        absence = (absence?.since ?? now, false)
        return cover(at: now)
    }

    private func cover(at now: Duration) -> Decision {
        guard let absence else { return .ask }
        return now - absence.since < limit ? .absorb : .refuse
    }
}

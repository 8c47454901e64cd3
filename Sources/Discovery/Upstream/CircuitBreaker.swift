import Registry

/// Spares those who wait an upstream that does not answer: after some failures in a row calls fail at once for a
/// while, then one call tries whether it answers again. Pure: the clock and the jitter come in.
struct CircuitBreaker {
    private enum State {
        case closed(failures: Int)
        case open(until: Duration)
        /// One call is on its way to find out.
        case probing
    }

    private static let backoff = Backoff(interval: .seconds(30), first: .seconds(1))

    private let limit: Int
    private var state = State.closed(failures: 0)
    /// How often it opened without a success since.
    private var openings = 0
    private var lastReason: SourceFailure?

    /// - Parameter limit: how many failures in a row open it.
    init(limit: Int = 5) { self.limit = limit }

    /// Why a call is to fail at once; nil for one that is to be made, and whose end is to be told.
    mutating func refusal(at now: Duration) -> SourceFailure? {
        switch state {
        case .closed: return nil
        case .open(let until) where now >= until:
            state = .probing
            return nil
        case .open, .probing:
            let reason = lastReason.map { "; the last one: \($0)" } ?? ""
            return .unreachable("is not asked for a moment, after \(limit) failures or more in a row\(reason)")
        }
    }

    /// It answered, whoever asked.
    mutating func succeeded() {
        state = .closed(failures: 0)
        openings = 0
    }

    mutating func failed(_ reason: SourceFailure, at now: Duration, jitter: Double) {
        switch state {
        case .closed(let failures) where failures + 1 < limit:
            state = .closed(failures: failures + 1)
        case .closed, .probing:
            openings += 1
            state = .open(until: now + CircuitBreaker.backoff.pause(afterFailures: openings, jitter: jitter))
        // A call that had begun before.
        case .open: return
        }
        lastReason = reason
    }

    /// The call was cancelled and says nothing: the next one may try.
    mutating func givenUp(at now: Duration) {
        if case .probing = state { state = .open(until: now) }
    }
}

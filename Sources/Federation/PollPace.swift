/// How often a source is read that answers, between its two declared bounds. Pure.
///
/// It is read on its interval. Where reading it takes long, or nothing was found for some reads in a row, the pause
/// grows up to the upper bound; a change that a read finds, or a failure's end, brings the interval back.
package struct PollPace: Sendable, Equatable {
    /// So many reads in a row find nothing before the pause grows, twice as long with each further one.
    static let patience = 4
    /// A read may take at most this part of the pause before it.
    static let share = 5

    private let interval: Duration
    private let maxInterval: Duration
    private var quietReads = 0
    private var lastTook = Duration.zero

    /// Pauses from `interval` to `maxInterval`; a bound below the interval counts as the interval.
    package init(interval: Duration, maxInterval: Duration) {
        self.interval = interval
        self.maxInterval = max(interval, maxInterval)
    }

    /// From the end of the last read to the next one.
    package var pause: Duration {
        let doublings = min(max(0, quietReads - PollPace.patience + 1), 20)
        return min(max(interval * (1 << doublings), lastTook * PollPace.share), maxInterval)
    }

    /// A read succeeded: how long it took, and whether it brought anything new.
    package mutating func succeeded(took: Duration, foundChange: Bool) {
        lastTook = took
        quietReads = foundChange ? 0 : quietReads + 1
    }

    /// A read failed: the next ones are to come as often as they may.
    package mutating func failed() {
        lastTook = .zero
        quietReads = 0
    }
}

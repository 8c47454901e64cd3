/// How long to wait before a source is read again. Pure: the jitter comes in.
package struct Backoff: Sendable, Equatable {
    /// Between two successful reads, and the most that is waited after failures.
    package let interval: Duration
    /// After the first failure; doubles with each further one.
    package let first: Duration

    package init(interval: Duration, first: Duration = .milliseconds(500)) {
        self.interval = interval
        self.first = min(first, interval)
    }

    /// The pause after so many failures in a row. `jitter` in 0 ..< 1 takes up to a fifth away, so that sources that
    /// failed together are not read together.
    package func pause(afterFailures failures: Int, jitter: Double) -> Duration {
        guard failures > 0 else { return interval }
        let doubled = first * (1 << min(failures - 1, 20))
        return min(doubled, interval) * (1 - 0.2 * jitter)
    }
}

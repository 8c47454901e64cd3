import Glibc
package import Registry

/// The time of day and the passing of time, as a parameter.
package protocol Timekeeper: Sendable {
    /// The time of day: for what is shown. It may jump.
    func now() -> UnixTime
    /// Time that only goes forward, since some fixed point: for leases, ages and deadlines.
    func uptime() -> Duration
    /// Returns after a while; throws when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clocks.
package struct SystemTimekeeper: Timekeeper {
    private let start = ContinuousClock.now

    package init() {}

    package func now() -> UnixTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package func uptime() -> Duration { ContinuousClock.now - start }
    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

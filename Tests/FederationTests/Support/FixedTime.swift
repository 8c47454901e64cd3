import Discovery
import Registry

/// Time that stands still.
struct FixedTime: Timekeeper {
    private let nanoseconds: Int64

    init(_ nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    func now() -> UnixTime { UnixTime(nanoseconds: nanoseconds) }
    func uptime() -> Duration { .nanoseconds(nanoseconds) }
    func sleep(for duration: Duration) async throws { throw CancellationError() }
}

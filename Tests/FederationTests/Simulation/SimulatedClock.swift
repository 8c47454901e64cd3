import Discovery
import Locks
import Registry

/// Time that passes when the simulation says so. Its time of day may jump, as real ones do.
final class SimulatedClock: Timekeeper {
    private static let start = UnixTime(nanoseconds: 1_700_000_000_000_000_000)
    private let state = Mutex((uptime: Duration.zero, jumped: Duration.zero))

    func now() -> UnixTime { state.withLock { Self.start.advanced(by: $0.uptime + $0.jumped) } }
    func uptime() -> Duration { state.withLock { $0.uptime } }
    func sleep(for duration: Duration) async throws { throw CancellationError() }

    func advance(by duration: Duration) { state.withLock { $0.uptime += duration } }
    func jump(by duration: Duration) { state.withLock { $0.jumped += duration } }
}

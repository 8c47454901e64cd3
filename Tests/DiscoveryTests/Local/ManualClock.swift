import Discovery
import Locks
import Registry

/// A clock that stands still until a test moves it.
final class ManualClock: Timekeeper {
    private struct State {
        var uptime = Duration.zero
        var sleepers: [Int: (end: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextSleeper = 0
    }

    private let state = Mutex(State())

    func now() -> UnixTime { UnixTime(nanoseconds: 1_700_000_000_000_000_000) }
    func uptime() -> Duration { state.withLock { $0.uptime } }

    /// How many sleep now.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Moves time on and wakes whoever slept so long.
    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.end <= state.uptime }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.sleepers[number] = ($0.uptime + duration, continuation) }
                // Cancelled before it slept: the handler had nobody to wake.
                if Task.isCancelled { wake(number) }
            }
        } onCancel: {
            wake(number)
        }
    }

    private func wake(_ number: Int) {
        let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}

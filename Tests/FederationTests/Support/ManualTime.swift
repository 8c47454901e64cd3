import Discovery
import Locks
import Registry

/// Time that passes only when a test says so.
final class ManualTime: Timekeeper {
    private struct Sleeper {
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime = Duration.zero
        var pauses: [Duration] = []
        var sleepers: [Int: Sleeper] = [:]
        var waiting: [(pauses: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Every pause that was asked for, in order.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func now() -> UnixTime { UnixTime(nanoseconds: Int64(uptime().components.seconds) * 1_000_000_000) }
    func uptime() -> Duration { state.withLock { $0.uptime } }

    func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.pauses.append(duration)
            return state.pauses.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[number] = Sleeper(until: state.uptime + duration, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume(throwing: CancellationError()) }
                tellWaiting()
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Lets time pass, and wakes who slept until then.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.until <= state.uptime }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns when so many pauses have begun since the beginning: then all that came before them is done. A test whose
    /// time is over waits no longer.
    func pauses(begun count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiting.append((count, continuation)) }
                tellWaiting()
                if Task.isCancelled { giveUp() }
            }
        } onCancel: {
            giveUp()
        }
    }

    private func giveUp() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiting in waiting { waiting.continuation.resume() }
    }

    private func tellWaiting() {
        let ready = state.withLock { state in
            let begun = state.pauses.count
            let ready = state.waiting.filter { $0.pauses <= begun }
            state.waiting.removeAll { $0.pauses <= begun }
            return ready
        }
        for waiting in ready { waiting.continuation.resume() }
    }
}

import Locks
import ServiceLifecycle

/// Opens once, when as many have arrived as are awaited.
final class Gate: Sendable {
    private struct State {
        var missing: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(awaiting count: Int) { state = Mutex(State(missing: count)) }

    func arrive() {
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.missing -= 1
            guard state.missing <= 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in released { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.missing > 0 { state.waiting.append(continuation) }
                return state.missing <= 0
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// A service that begins when a gate opens.
struct Gated<Inner: Service>: Service {
    let gate: Gate
    let inner: Inner

    func run() async throws {
        await gate.wait()
        try await inner.run()
    }
}

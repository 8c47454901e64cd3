import Locks

/// Who is woken when something becomes visible.
final class Listeners: Sendable {
    private struct State {
        var next = 0
        var wakes: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    func add(_ wake: @escaping @Sendable () -> Void) -> Listening {
        let number = state.withLock { state in
            state.next += 1
            state.wakes[state.next] = wake
            return state.next
        }
        return Listening { [weak self] in self?.state.withLock { $0.wakes[number] = nil } }
    }

    func wake() {
        let wakes = state.withLock { Array($0.wakes.values) }
        for wake in wakes { wake() }
    }
}

/// A place among the listeners, until it is ended.
package final class Listening: Sendable {
    private let remove: @Sendable () -> Void

    init(_ remove: @escaping @Sendable () -> Void) { self.remove = remove }

    /// Ends it; a call that is under way may still come to its end.
    package func end() { remove() }

    deinit { remove() }
}

internal import NIOCore
import Locks

/// What the scripted server is told to do and what it saw, shared by its connections and the test.
final class ServerLog: Sendable {
    struct State {
        var script: ScriptedServer.Script
        var requests: [RecordedRequest] = []
        var connections = 0
        var open: [Int: any Channel] = [:]
        var sentBytes = 0
    }

    private let state: Mutex<State>

    init(_ script: @escaping ScriptedServer.Script) {
        state = Mutex(State(script: script))
    }

    func read<T: Sendable>(_ body: (State) -> T) -> T {
        state.withLock { body($0) }
    }

    func replaceScript(_ script: @escaping ScriptedServer.Script) {
        state.withLock { $0.script = script }
    }

    /// - Returns: the connection's number.
    func opened(_ channel: any Channel) -> Int {
        state.withLock { state in
            state.connections += 1
            state.open[state.connections] = channel
            return state.connections
        }
    }

    func closed(_ connection: Int) {
        state.withLock { _ = $0.open.removeValue(forKey: connection) }
    }

    func sent(_ bytes: Int) {
        state.withLock { $0.sentBytes += bytes }
    }

    /// Records the request, and asks the script outside of the lock.
    func answer(_ request: RecordedRequest) -> ScriptedAnswer {
        let script = state.withLock { state in
            state.requests.append(request)
            return state.script
        }
        return script(request)
    }
}

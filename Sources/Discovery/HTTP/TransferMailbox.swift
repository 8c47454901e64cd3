internal import CCurl
import Locks

/// What other threads leave for curl's thread, and how they wake it. Bounded by the open transfers: each leaves one
/// `begin`, one `end`, and a `resume` only while it is paused.
final class TransferMailbox: Sendable {
    enum Command: Sendable {
        case begin(Transfer)
        /// The reader has taken some: a paused transfer goes on.
        case resume(Transfer)
        /// Nobody waits for it any more.
        case end(Transfer)
    }

    private struct State {
        var commands: [Command] = []
        /// The address of the multi handle while it may be woken. A number, because a pointer may not change threads;
        /// it is made a pointer again only under the lock, and only for `curl_multi_wakeup`, which allows that.
        var multi: UInt?
        var isStopping = false

        func wake() {
            guard let multi, let pointer = UnsafeMutableRawPointer(bitPattern: multi) else { return }
            curl_multi_wakeup(pointer)
        }
    }

    private let state = Mutex(State())

    /// Leaves a command, and wakes curl's thread if it does not know yet that there are any.
    /// - Returns: false when curl's thread takes no more commands.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.commands.append(command)
            if state.commands.count == 1 { state.wake() }
            return true
        }
    }

    /// Asks curl's thread to end. Idempotent.
    func stop() {
        state.withLock { state in
            guard !state.isStopping else { return }
            state.isStopping = true
            state.wake()
        }
    }

    /// Whether curl's thread was asked to end.
    var isStopped: Bool { state.withLock { $0.isStopping } }

    /// Curl's thread is there, and can be woken through its multi handle until `close()`.
    func open(_ multi: UnsafeMutableRawPointer) {
        state.withLock { [address = UInt(bitPattern: multi)] in $0.multi = address }
    }

    /// Everything that was left since the last call, or nothing when it is time to end.
    func collect() -> [Command]? {
        state.withLock { state in
            guard !state.isStopping else { return nil }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// The multi handle is about to go: nobody wakes it after this call.
    /// - Returns: what was left and will not be done.
    func close() -> [Command] {
        state.withLock { state in
            state.isStopping = true
            state.multi = nil
            defer { state.commands = [] }
            return state.commands
        }
    }
}

package import Registry
import Locks

/// Who watches, and what was sent to them, since the process began.
package final class WatchCounters: Sendable {
    package struct Snapshot: Sendable {
        /// Watches at this moment: of a consumer's providers, and of everything.
        package var consumers = 0
        package var everything = 0
        /// Event frames handed to sockets, by source.
        package var frames: [SourceID: Int] = [:]
        /// Watches that were closed because they were too slow for the log.
        package var tooSlow = 0

        package var total: Int { consumers + everything }
    }

    private let state = Mutex(Snapshot())

    package init() {}

    package var snapshot: Snapshot { state.withLock { $0 } }

    func change(_ body: (inout Snapshot) -> Void) { state.withLock { body(&$0) } }

    /// Books what one turn of a hub sent.
    func sent(_ frames: [SourceID: Int]) {
        guard !frames.isEmpty else { return }
        state.withLock { $0.frames.merge(frames, uniquingKeysWith: +) }
    }
}

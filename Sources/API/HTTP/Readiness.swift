import Locks

/// Whether clients are welcome.
package final class Readiness: Sendable {
    package enum Stage: Sendable, Equatable {
        /// The sources have not said enough: the clients' address is closed.
        case starting
        case serving
        /// The process ends.
        case ending
    }

    private let state = Mutex(Stage.starting)

    package init() {}

    package var stage: Stage { state.withLock { $0 } }

    func enter(_ stage: Stage) { state.withLock { $0 = stage } }
}

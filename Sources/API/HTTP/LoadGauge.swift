import Synchronization

/// What is under way for clients at this moment.
package final class LoadGauge: Sendable {
    private let requests = Atomic(0)
    private let bytes = Atomic(0)

    package init() {}

    /// Requests that wait for the home or another source.
    package var waitingRequests: Int { requests.load(ordering: .relaxed) }
    /// Bytes of answers that wait in sockets for clients that take them slowly.
    package var waitingBytes: Int { bytes.load(ordering: .relaxed) }

    /// Takes a place among the requests that wait; false when there is none left.
    func begin(limit: Int) -> Bool {
        guard requests.add(1, ordering: .relaxed).newValue > limit else { return true }
        end()
        return false
    }

    func end() { requests.subtract(1, ordering: .relaxed) }

    func wait(bytes count: Int) { bytes.add(count, ordering: .relaxed) }
    func taken(bytes count: Int) { bytes.subtract(count, ordering: .relaxed) }
}

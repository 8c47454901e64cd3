import Federation
import Registry
import TestSupport

/// Somebody who follows the history with a cursor, and knows nothing else.
struct Subscriber {
    private var cursor: Revision
    private var replica: Replica
    /// How often it had fallen so far behind that it began anew.
    private(set) var restarts = 0

    init(_ registry: FederatedRegistry) {
        let view = registry.view
        (cursor, replica) = (view.revision, Replica(of: view.tables))
    }

    /// Reads what there is; gives the batches, and what no subscriber should ever see.
    mutating func read(_ registry: FederatedRegistry) -> (batches: [EventBatch], wrongs: [String]) {
        let view = registry.view
        guard case .batches(let batches) = registry.history(after: cursor) else {
            (cursor, replica, restarts) = (view.revision, Replica(of: view.tables), restarts + 1)
            return ([], [])
        }
        var wrongs = batches.flatMap { replica.follow($0.changes) }
        cursor = batches.last?.revision ?? cursor
        if cursor != view.revision { wrongs.append("the history ends at \(cursor), the view at \(view.revision)") }
        wrongs += replica.difference(from: Replica(of: view.tables)).map { "replayed, but in the view: \($0)" }
        return (batches, wrongs)
    }
}

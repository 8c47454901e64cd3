import DequeModule

/// What changed in one step of the merged history.
package final class EventBatch: Sendable {
    /// The revision at which these changes are visible.
    package let revision: Revision
    package let changes: [VisibleChange]
    /// Consumers whose set of providers changed with this batch.
    package let consumers: Set<MicroserviceKey>
    /// When we learned of the changes.
    package let observed: UnixTime
    /// Why all of it happened.
    package let cause: Cause
    /// Whether a source spoke for the first time in this run: what it says may be known to watchers from earlier runs.
    package let isFirstWord: Bool

    package init(
        revision: Revision, changes: [VisibleChange], consumers: Set<MicroserviceKey>, observed: UnixTime,
        cause: Cause = .read, isFirstWord: Bool = false
    ) {
        self.revision = revision
        self.changes = changes
        self.consumers = consumers
        self.cause = cause
        self.isFirstWord = isFirstWord
        self.observed = observed
    }
}

/// The recent history of the merged registry: ordered, without gaps, bounded. A subscriber is a cursor into it.
package struct EventLog: Sendable {
    /// What a cursor finds.
    package enum Reading: Sendable {
        /// Everything after the cursor, oldest first; empty when there is nothing new.
        case batches([EventBatch])
        /// The log no longer reaches back to the cursor: the subscriber must start over from the present state.
        case compacted
    }

    private var batches: Deque<EventBatch> = []
    private let capacity: Int
    private var size = 0
    /// The newest revision.
    package private(set) var head: Revision

    /// An empty log of a new epoch that keeps at most `capacity` changes, and at least the newest batch. A batch counts
    /// as one change at least.
    package init(epoch: UInt64, capacity: Int) {
        head = Revision(epoch: epoch, sequence: 0)
        self.capacity = capacity
    }

    /// The oldest revision that a cursor may stand at.
    package var tail: Revision {
        Revision(epoch: head.epoch, sequence: head.sequence - UInt64(batches.count))
    }

    /// Adds one step; O(1) beside what it drops.
    package mutating func append(
        _ changes: [VisibleChange], consumers: Set<MicroserviceKey> = [], observed: UnixTime,
        cause: Cause = .read, isFirstWord: Bool = false
    ) -> EventBatch {
        head = Revision(epoch: head.epoch, sequence: head.sequence + 1)
        let batch = EventBatch(
            revision: head, changes: changes, consumers: consumers, observed: observed, cause: cause,
            isFirstWord: isFirstWord)
        batches.append(batch)
        size += batch.size
        while size > capacity, batches.count > 1 { size -= batches.removeFirst().size }
        return batch
    }

    /// What came after a cursor. A cursor of another epoch, or from the future, starts over.
    package func read(after cursor: Revision) -> Reading {
        guard cursor.epoch == head.epoch, cursor.sequence <= head.sequence, cursor >= tail else { return .compacted }
        return .batches(Array(batches.suffix(Int(head.sequence - cursor.sequence))))
    }
}

extension EventBatch {
    fileprivate var size: Int { max(1, changes.count) }
}

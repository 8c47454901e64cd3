import DequeModule

/// What changed in one step of the merged history.
package final class EventBatch: Sendable {
    /// The revision at which these changes are visible.
    package let revision: Revision
    package let changes: [VisibleChange]
    /// Consumers whose set of providers changed with this batch.
    package let consumers: Set<MicroserviceKey>
    /// The names, former and new, of sources that have another name from here on.
    package let names: Set<SourceID>
    /// When we learned of the changes.
    package let observed: UnixTime
    /// Why all of it happened.
    package let cause: Cause
    /// Whether a source spoke for the first time in this run: what it says may be known to watchers from earlier runs.
    package let isFirstWord: Bool

    package init(
        revision: Revision, changes: [VisibleChange], consumers: Set<MicroserviceKey>, names: Set<SourceID> = [],
        observed: UnixTime, cause: Cause = .read, isFirstWord: Bool = false
    ) {
        self.revision = revision
        self.changes = changes
        self.consumers = consumers
        self.names = names
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
    private var trails = EventTrails()
    private var tombstones: Tombstones
    /// The revision at which a source's name was given or taken away last, for those that the log reaches back to.
    private var renamed: [SourceID: Revision] = [:]
    /// The most changes that it keeps.
    package private(set) var capacity: Int
    private var size = 0
    /// The newest revision.
    package private(set) var head: Revision

    /// An empty log of a new epoch that keeps at most `capacity` changes, and at least the newest batch. A batch counts
    /// as one change at least. Of what it has forgotten it keeps at most as many ends of instances.
    package init(epoch: UInt64, capacity: Int) {
        head = Revision(epoch: epoch, sequence: 0)
        self.capacity = capacity
        tombstones = Tombstones(capacity: max(1, capacity))
    }

    /// The oldest revision that a cursor may stand at.
    package var tail: Revision {
        Revision(epoch: head.epoch, sequence: head.sequence - UInt64(batches.count))
    }

    /// Adds one step; O(1) beside what it drops.
    package mutating func append(
        _ changes: [VisibleChange], consumers: Set<MicroserviceKey> = [], names: Set<SourceID> = [],
        observed: UnixTime, cause: Cause = .read, isFirstWord: Bool = false
    ) -> EventBatch {
        head = Revision(epoch: head.epoch, sequence: head.sequence + 1)
        let batch = EventBatch(
            revision: head, changes: changes, consumers: consumers, names: names, observed: observed, cause: cause,
            isFirstWord: isFirstWord)
        batches.append(batch)
        trails.append(batch)
        for name in names { renamed[name] = head }
        size += batch.size
        trim()
        return batch
    }

    /// Keeps at most so many changes from now on; O(1) beside what it drops.
    package mutating func resize(to capacity: Int) {
        self.capacity = capacity
        trim()
        tombstones.resize(to: max(1, capacity))
    }

    /// How much of a smaller capacity would have to be dropped: changes, or ends of what it has forgotten.
    package var kept: Int { max(size, tombstones.count) }

    private mutating func trim() {
        while size > capacity, batches.count > 1 {
            let oldest = batches.removeFirst()
            size -= oldest.size
            trails.drop(oldest)
            tombstones.bury(oldest)
            for name in oldest.names where renamed[name] == oldest.revision { renamed[name] = nil }
        }
    }

    /// Whether a source has got or lost this name after a revision, as far as the log reaches back: who follows the
    /// name then finds no history of that.
    package func isRenamed(_ source: SourceID, after revision: Revision) -> Bool {
        renamed[source].map { $0 > revision } ?? false
    }

    /// What came after a cursor. A cursor of another epoch, or from the future, starts over.
    package func read(after cursor: Revision) -> Reading {
        guard cursor.epoch == head.epoch, cursor.sequence <= head.sequence, cursor >= tail else { return .compacted }
        return .batches(Array(batches.suffix(Int(head.sequence - cursor.sequence))))
    }

    /// A part of the history: changes with their batch and offset there, and where it ends.
    package struct Excerpt: Sendable {
        package var changes: [(batch: EventBatch, offset: Int)] = []
        package var end: EventCursor
    }

    /// At most `limit` changes of some names, or of all, after a cursor and up to a revision, oldest first; nil when
    /// the log does not reach back to the cursor. With names it costs what is found, not what there is.
    package func excerpt(
        of names: Set<MicroserviceName>?, after cursor: EventCursor, upTo end: Revision, limit: Int
    ) -> Excerpt? {
        guard cursor.revision.epoch == head.epoch, cursor.revision >= tail, cursor.revision <= head else { return nil }
        var excerpt = Excerpt(end: EventCursor(end))
        guard cursor.revision < end else {
            excerpt.end = cursor
            return excerpt
        }
        let start = EventTrails.Place(sequence: cursor.revision.sequence + 1, offset: cursor.changes)
        let places =
            names.map { trails.places(of: $0, from: start, limit: limit) }
            ?? places(from: start, limit: limit)
        let first = tail.sequence + 1
        for place in places where place.sequence <= end.sequence {
            excerpt.changes.append((batches[Int(place.sequence - first)], place.offset))
        }
        if places.count == limit, let last = excerpt.changes.last, excerpt.changes.count == limit {
            excerpt.end = EventCursor(after: last.offset, of: last.batch)
        }
        return excerpt
    }

    private func places(from start: EventTrails.Place, limit: Int) -> [EventTrails.Place] {
        var places: [EventTrails.Place] = []
        for batch in batches.dropFirst(Int(start.sequence - tail.sequence) - 1) {
            let sequence = batch.revision.sequence
            let first = sequence == start.sequence ? start.offset : 0
            guard first < batch.changes.count else { continue }
            places += (first..<batch.changes.count).prefix(limit - places.count)
                .map { EventTrails.Place(sequence: sequence, offset: $0) }
            if places.count == limit { break }
        }
        return places
    }

    /// The last DELETE of each instance of some names, or of all, that ended after a revision, also of those that came
    /// back since; nil when too much has ended meanwhile to be remembered. Costs what is remembered of these names.
    package func ended(after revision: Revision, of names: Set<MicroserviceName>?) -> [VisibleChange]? {
        guard revision.epoch == head.epoch, revision <= head else { return nil }
        guard revision >= tail || revision.sequence >= tombstones.floor else { return nil }
        let recent = excerpt(
            of: names, after: EventCursor(max(revision, tail)), upTo: head, limit: .max)
        return tombstones.ended(after: revision.sequence, of: names)
            + (recent?.changes ?? []).map { $0.batch.changes[$0.offset] }.filter { $0.action == .delete }
    }
}

extension EventBatch {
    fileprivate var size: Int { max(1, changes.count) }
}

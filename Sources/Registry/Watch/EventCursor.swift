/// How far a subscriber has come: it has everything up to a revision, and the first few changes of the batch after it.
package struct EventCursor: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var revision: Revision
    /// How many changes of the next batch it has.
    package var changes: Int

    package init(_ revision: Revision, changes: Int = 0) {
        self.revision = revision
        self.changes = changes
    }

    /// Behind the change that stands at an offset of a batch.
    package init(after offset: Int, of batch: EventBatch) {
        self =
            offset + 1 == batch.changes.count
            ? EventCursor(batch.revision) : EventCursor(batch.revision.previous, changes: offset + 1)
    }

    /// Before the change that stands at an offset of a batch.
    package init(before offset: Int, of batch: EventBatch) {
        self.init(batch.revision.previous, changes: offset)
    }

    /// The text form: `epoch.sequence`, or `epoch.sequence.n` behind the nth change of that batch.
    package var description: String {
        guard changes > 0 else { return revision.description }
        return "\(Revision(epoch: revision.epoch, sequence: revision.sequence + 1)).\(changes)"
    }

    /// Reads the text form; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let revision = Revision(parts.prefix(2).joined(separator: ".")) else { return nil }
        guard parts.count > 2 else {
            self.init(revision)
            return
        }
        guard parts.count == 3, let changes = Int(parts[2]), changes > 0, revision.sequence > 0 else { return nil }
        self.init(revision.previous, changes: changes)
    }

    package static func < (left: EventCursor, right: EventCursor) -> Bool {
        left.revision == right.revision ? left.changes < right.changes : left.revision < right.revision
    }
}

extension Revision {
    /// The one before it in the same run; itself at the beginning.
    package var previous: Revision { Revision(epoch: epoch, sequence: sequence == 0 ? 0 : sequence - 1) }
}

package import Registry
package import Topology

/// How much is kept of what has happened, and how it is told.
package struct HistoryPolicy: Sendable, Equatable {
    /// Changes that a watch can catch up on.
    package var changes: Int
    /// Entries of the journal.
    package var journalEntries: Int
    /// Which changes of an instance are told as one; nil where each is told.
    package var coalescing: Coalescer.Policy?

    package init(changes: Int, journalEntries: Int = 10_000, coalescing: Coalescer.Policy? = nil) {
        self.changes = changes
        self.journalEntries = journalEntries
        self.coalescing = coalescing
    }

    /// What a topology declares.
    package init(_ server: ServerDeclaration) {
        changes = server.limits.eventLogChanges
        journalEntries = server.limits.journalEntries
        coalescing = server.coalesce.map { Coalescer.Policy(window: $0, holdsFirst: server.coalesceFirst) }
    }
}

/// Everything that is shown, at one moment: immutable, so that a reader keeps it as long as it likes and pays one
/// reference for it. Every answer is a function of a view.
package final class RegistryView: Sendable {
    /// The revision whose changes this view contains.
    package let revision: Revision
    /// Counts the changes of `tables`, also those that no event tells: two views of one process with the same
    /// generation have the same tables.
    package let generation: UInt64
    package let tables: RegistryTables
    /// Every declared source, in order of precedence.
    package let sources: [SourceStatus]

    package init(revision: Revision, generation: UInt64, tables: RegistryTables, sources: [SourceStatus]) {
        self.revision = revision
        self.generation = generation
        self.tables = tables
        self.sources = sources
    }

    /// Whether every source has spoken, failed, or was restored: until then an empty answer could be a lie.
    package var isReady: Bool { !sources.contains(where: \.isAwaited) }
}

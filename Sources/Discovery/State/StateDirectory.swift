package import Registry

/// The directory of what survives a restart. Its files are made when they are first opened.
package struct StateDirectory: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// What a source said last.
    package func snapshots(of source: SourceID) -> SnapshotStore {
        SnapshotStore(path: "\(path)/source-\(source).sqlite")
    }

    /// What has happened.
    package var journal: JournalStore { JournalStore(path: "\(path)/journal.sqlite") }

    /// Who looked up what.
    package var relations: RelationStore { RelationStore(path: "\(path)/relations.sqlite") }
}

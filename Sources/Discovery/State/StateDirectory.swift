import Foundation
package import Registry

/// The directory of what survives a restart. Its files are made when they are first opened.
package struct StateDirectory: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// What a source said last, as it is seen now.
    package func snapshots(of source: SourceProfile) -> SnapshotStore {
        SnapshotStore(path: path(ofSnapshots: source.id), lens: source.lens, onlyWhileHeld: source.keepsItself)
    }

    /// What has happened.
    package var journal: JournalStore { JournalStore(path: "\(path)/journal.sqlite") }

    /// Who looked up what.
    package var relations: RelationStore { RelationStore(path: "\(path)/relations.sqlite") }

    /// The file of an embedded registry.
    func path(ofLocal source: SourceID) -> String { "\(path)/local-\(source).sqlite" }

    private func path(ofSnapshots source: SourceID) -> String { "\(path)/\(StateDirectory.prefix)\(source).sqlite" }

    private static let prefix = "source-"

    /// Removes what other sources than these said last. What an embedded registry has stays: it is nowhere else.
    package func forgetSnapshots(except sources: Set<SourceID>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(StateDirectory.prefix) && name.hasSuffix(".sqlite") {
            let source = SourceID(String(name.dropFirst(StateDirectory.prefix.count).dropLast(".sqlite".count)))
            if !sources.contains(source) { forgetSnapshots(of: source) }
        }
    }

    /// Removes what a source said last; its store must be closed.
    package func forgetSnapshots(of source: SourceID) { StateFile.remove(path(ofSnapshots: source)) }

    /// Throws when an embedded registry cannot have a name because another one of that name has left its file behind.
    package func checkRenaming(_ from: SourceID, to: SourceID) throws(StateFailure) {
        let file = path(ofLocal: to)
        guard [path(ofLocal: from), file].allSatisfy({ FileManager.default.fileExists(atPath: $0) }) else { return }
        throw StateFailure(
            problem: "'\(file)' is there already: what was registered at another source of the name '\(to)'",
            remedy: "choose another name, or move the file away")
    }

    /// Gives the closed files of a source another name, which is free.
    package func rename(_ from: SourceID, to: SourceID) throws(StateFailure) {
        let files = [(path(ofSnapshots: from), path(ofSnapshots: to)), (path(ofLocal: from), path(ofLocal: to))]
        for (from, to) in files {
            do {
                guard FileManager.default.fileExists(atPath: from) else { continue }
                StateFile.remove(to)
                for ending in StateFile.endings where FileManager.default.fileExists(atPath: from + ending) {
                    try FileManager.default.moveItem(atPath: from + ending, toPath: to + ending)
                }
            } catch {
                throw StateFailure(problem: "'\(from)' cannot be renamed: \(error)")
            }
        }
    }
}

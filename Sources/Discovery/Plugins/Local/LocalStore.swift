import Foundation
import GRDB
import Registry
import ServiceCenterWire

/// What a local registry keeps, in one SQLite file. A change is on disk when `keep` returns: the write-ahead log is
/// synchronised with each transaction, so that neither `kill -9` nor a power cut takes back what was acknowledged. One
/// process at a time: the file is locked as long as it is open.
final class LocalStore: Sendable {
    /// What an earlier run left behind.
    struct Kept: Sendable {
        var entries: [StoredEntry] = []
        /// The last revision that was given; it never goes back.
        var revision: Int64 = 0
        /// What was left of an instance's lease, by the instance's key.
        var leases: [String: Duration] = [:]
    }

    private let file: StateFile

    /// Opens or makes the file, and the directories that it lies in.
    init(path: String) throws(StateFailure) {
        do { file = try StateFile(path, .full, LocalStore.migrator) } catch { throw StateFailure(opening: path, error) }
    }

    /// Closes the file; whatever is asked afterwards fails.
    func close() { try? file.queue.close() }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, revision INTEGER NOT NULL,
                        value BLOB NOT NULL);
                    CREATE TABLE lease (key TEXT NOT NULL PRIMARY KEY, endsAt INTEGER NOT NULL) WITHOUT ROWID;
                    CREATE TABLE run (aliveAt INTEGER NOT NULL, revision INTEGER NOT NULL);
                    INSERT INTO run VALUES (0, 0);
                    """)
        }
        return migrator
    }

    /// Everything that was kept; linear in it.
    func load() async throws(StateFailure) -> Kept {
        do {
            return try await file.queue.read { database in
                var kept = Kept()
                let rows = try Row.fetchCursor(database, sql: "SELECT kind, key, revision, value FROM entry")
                while let row = try rows.next() {
                    let (name, key): (String, String) = (row[0], row[1])
                    guard let kind = StoredEntry.Kind(rawValue: name) else {
                        throw StateFailure(problem: "the entry '\(key)' is of the unknown kind '\(name)'")
                    }
                    let value: Data = row[3]
                    kept.entries.append(
                        StoredEntry(kind: kind, key: key, revision: row[2], value: [UInt8](value)))
                }
                let run = try Row.fetchOne(database, sql: "SELECT aliveAt, revision FROM run")
                let aliveAt: Int64 = run?[0] ?? 0
                kept.revision = run?[1] ?? 0
                let leases = try Row.fetchCursor(database, sql: "SELECT key, endsAt FROM lease")
                while let row = try leases.next() {
                    let (key, endsAt): (String, Int64) = (row[0], row[1])
                    kept.leases[key] = .milliseconds(endsAt - aliveAt)
                }
                return kept
            }
        } catch let failure as StateFailure {
            throw failure
        } catch {
            throw StateFailure(problem: "what was kept cannot be read: \(error)")
        }
    }

    /// Keeps a set of changes and the last revision that was given, all or none.
    func keep(_ entries: [StoredEntry], revision: Int64) async throws(StateFailure) {
        try await file.write { database in
            let put = try database.cachedStatement(
                sql: """
                    INSERT INTO entry (key, kind, revision, value) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
                    SET kind = excluded.kind, revision = excluded.revision, value = excluded.value
                    """)
            let remove = try database.cachedStatement(sql: "DELETE FROM entry WHERE key = ?")
            let release = try database.cachedStatement(sql: "DELETE FROM lease WHERE key = ?")
            for entry in entries {
                guard let value = entry.value else {
                    try remove.execute(arguments: [entry.key])
                    if entry.kind == .instances { try release.execute(arguments: [entry.key]) }
                    continue
                }
                try put.execute(arguments: [entry.key, entry.kind.rawValue, entry.revision, Data(value)])
            }
            try database.execute(sql: "UPDATE run SET revision = ?", arguments: [revision])
        }
    }

    /// Notes what is left of leases at this time of day, which is the last at which the process is known to run.
    func keep(leases: [(InstanceRef, left: Duration)], at now: UnixTime) async throws(StateFailure) {
        let time = now.nanoseconds / 1_000_000
        let rows = leases.map { (DumpKey.instance($0.0), time + $0.left.milliseconds) }
        try await file.write { database in
            // A lease whose instance went meanwhile is not noted.
            let put = try database.cachedStatement(
                sql: """
                    INSERT INTO lease (key, endsAt) SELECT key, ? FROM entry WHERE key = ?
                    ON CONFLICT (key) DO UPDATE SET endsAt = excluded.endsAt
                    """)
            for (key, endsAt) in rows { try put.execute(arguments: [endsAt, key]) }
            try database.execute(sql: "UPDATE run SET aliveAt = ?", arguments: [time])
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

import Foundation
import GRDB
package import Registry
import ServiceCenterWire

/// The journal's entries, in an SQLite file, or in memory alone: what falls out at the end is the oldest.
package actor JournalStore {
    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("journal 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, revision TEXT NOT NULL,
                        source TEXT, kind TEXT NOT NULL, cause TEXT, domain TEXT, project TEXT, environment TEXT,
                        application TEXT, name TEXT, version TEXT, service TEXT, instance TEXT, changes INTEGER,
                        "from" TEXT, "to" TEXT, reason TEXT)
                    """)
        }
        // What an instance was at its end.
        migrator.registerMigration("journal 2") { database in
            try database.execute(sql: "ALTER TABLE entry ADD COLUMN body BLOB")
        }
        return migrator
    }()

    private let path: String?
    private var queue: DatabaseQueue?

    /// Nothing is opened yet. Without a path the entries end with the process.
    package init(path: String? = nil) { self.path = path }

    /// Opens the file; tells why one that was there is not used. Throws what an operator has to mend.
    @discardableResult
    package func open() throws(StateFailure) -> String? {
        guard let path else {
            do {
                let memory = try DatabaseQueue()
                try JournalStore.migrator.migrate(memory)
                queue = memory
            } catch {
                throw StateFailure(problem: "there is no memory for the journal: \(error)")
            }
            return nil
        }
        let opened = try StateFile.openOrReplace(path, .normal, JournalStore.migrator) { database in
            _ = try Row.fetchOne(database, sql: "SELECT * FROM entry ORDER BY number DESC LIMIT 1").map(
                JournalEntry.init)
        }
        queue = opened.file?.queue
        return opened.fault
    }

    /// Adds entries, and drops the oldest beyond `capacity`, in one transaction.
    package func add(_ entries: [JournalEntry], capacity: Int) async throws(StateFailure) {
        let queue = try opened()
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            queue.asyncWrite { database in
                let put = try database.cachedStatement(
                    sql: """
                        INSERT INTO entry (
                            at, revision, source, kind, cause, domain, project, environment, application, name,
                            version, service, instance, changes, "from", "to", reason, body)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                for entry in entries { try put.execute(arguments: entry.arguments) }
                try database.execute(
                    sql: "DELETE FROM entry WHERE number <= (SELECT max(number) FROM entry) - ?",
                    arguments: [capacity])
            } completion: {
                continuation.resume(returning: $1)
            }
        }
        do { try result.get() } catch { throw StateFailure(problem: "the disk takes nothing: \(error)") }
    }

    /// The entries that are asked for, the newest first; linear in all that are newer than the last of them.
    package func entries(_ query: JournalQuery) async throws(StateFailure) -> [JournalEntry] {
        try await entries(
            sql: """
                SELECT * FROM entry WHERE (:before IS NULL OR number < :before)
                    AND (:source IS NULL OR source = :source) AND (:instance IS NULL OR instance = :instance)
                    AND (:service IS NULL OR name = :service OR service = :service)
                ORDER BY number DESC LIMIT :limit
                """,
            [
                "before": query.before, "source": query.source, "service": query.service,
                "instance": query.instance, "limit": query.limit,
            ])
    }

    /// The ends since a time of instances that have not come back by the last word of the journal, the oldest first; of
    /// more than `limit` the latest. An end whose body was not kept is left out. Linear in the entries since that time.
    package func ends(since: UnixTime, atMost limit: Int) async throws(StateFailure) -> [VisibleChange] {
        // The columns beside `max` are those of its row.
        try await entries(
            sql: """
                SELECT * FROM (
                    SELECT *, max(number) FROM entry WHERE kind IN ('CREATE', 'UPDATE', 'DELETE') AND number > (
                        SELECT coalesce((SELECT number FROM entry WHERE at < ? ORDER BY number DESC LIMIT 1), 0))
                    GROUP BY domain, project, environment, application, name, version, instance)
                WHERE kind = 'DELETE' AND body IS NOT NULL ORDER BY number DESC LIMIT ?
                """, [since.nanoseconds, limit]
        ).reversed().compactMap(VisibleChange.init(ended:))
    }

    private func entries(sql: String, _ arguments: StatementArguments) async throws(StateFailure) -> [JournalEntry] {
        let queue = try opened()
        do {
            return try await queue.read { database in
                try Row.fetchAll(database, sql: sql, arguments: arguments).map(JournalEntry.init)
            }
        } catch {
            throw StateFailure(problem: "the journal cannot be read: \(error)")
        }
    }

    /// The entries; tries once more to open what could not be opened.
    private func opened() throws(StateFailure) -> DatabaseQueue {
        if queue == nil { try open() }
        guard let queue else { throw StateFailure(problem: "the disk fails: '\(path ?? "")' cannot be opened") }
        return queue
    }
}

extension JournalEntry {
    /// The values of all columns but the number.
    fileprivate var arguments: StatementArguments {
        let head: [(any DatabaseValueConvertible)?] = [at.nanoseconds, revision.description, source?.name]
        switch event {
        case .change(let action, let cause, let key, let id, let instance):
            let name = key.name
            return StatementArguments(
                head + [
                    action.rawValue, cause.rawValue, key.tenant.domain, key.tenant.project, name.environment,
                    name.application, name.name, key.version, id.text, instance.text, nil, nil, nil, nil,
                    lastBody.map { Data($0) },
                ])
        case .firstWord(let cause, let changes):
            return StatementArguments(
                head + ["FIRST", cause.rawValue, nil, nil, nil, nil, nil, nil, nil, nil, changes, nil, nil, nil, nil])
        case .transition(let from, let to, let reason):
            return StatementArguments(
                head + ["STATE", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, from, to, reason, nil])
        case .gap(let since):
            return StatementArguments(
                head + ["GAP", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, since.description, nil, nil, nil])
        }
    }

    fileprivate init(_ row: Row) throws {
        let (kind, revision): (String, String) = (row["kind"], row["revision"])
        let source: String? = row["source"]
        guard let event = Event(row, kind), let revision = Revision(revision) else {
            throw StateFile.Foreign(description: "there is an entry of the unknown kind '\(kind)'")
        }
        let body: Data? = row["body"]
        self.init(
            at: UnixTime(nanoseconds: row["at"]), revision: revision, source: source.map { SourceID($0) }, event: event,
            lastBody: body.map { Array($0) })
        number = row["number"]
    }
}

extension JournalEntry.Event {
    fileprivate init?(_ row: Row, _ kind: String) {
        func text(_ column: String) -> String { row[column] as String? ?? "" }
        let cause = Cause(rawValue: text("cause"))
        if let action = VisibleChange.Action(rawValue: kind), let cause {
            let name = MicroserviceName(
                tenant: Tenant(domain: text("domain"), project: text("project")), environment: text("environment"),
                application: text("application"), name: text("name"))
            self = .change(
                action, cause, microservice: MicroserviceKey(name: name, version: text("version")),
                id: ServiceID(text("service")), instance: InstanceID(text("instance")))
        } else if kind == "FIRST", let cause {
            self = .firstWord(cause, changes: row["changes"] ?? 0)
        } else if kind == "STATE" {
            self = .transition(from: text("from"), to: text("to"), reason: text("reason"))
        } else if kind == "GAP", let since = Revision(text("from")) {
            self = .gap(since: since)
        } else {
            return nil
        }
    }
}

extension VisibleChange {
    /// The end that an entry tells of; nil when it tells of none, or not how the instance was.
    fileprivate init?(ended entry: JournalEntry) {
        guard case .change(.delete, _, let microservice, let id, _) = entry.event, let source = entry.source,
            let body = entry.lastBody,
            let instance = Instance(of: ServiceRef(tenant: microservice.tenant, id: id), body: body)
        else { return nil }
        self.init(action: .delete, microservice: microservice, canonicalID: id, instance: instance, source: source)
    }
}

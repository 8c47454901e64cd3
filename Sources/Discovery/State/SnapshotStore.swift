import Foundation
import GRDB
package import Registry
import ServiceCenterWire
import Locks

/// Keeps what is believed of one source over a restart, in one SQLite file, written behind the back of who changes it:
/// noting a change costs a reference, and the disk is waited for by nobody. What came since the last write is lost with
/// the process; the source's next read corrects that.
///
/// A transaction takes all that was noted until it begins, so that the file always has what was believed at some
/// moment. A disk that takes nothing costs no memory: what was noted is dropped, and everything is written anew later.
///
/// Of a source that keeps itself, it keeps what is believed only while an operator holds what the source withdraws:
/// what is held is nowhere else.
package actor SnapshotStore {
    /// What an earlier run left behind.
    package struct Kept: Sendable {
        package var delta = RegistryDelta()
        /// When it was last confirmed; nil when nothing was kept.
        package var confirmedAt: UnixTime?
        /// What the upstream called itself.
        package var upstreamName: String?
        /// Whether an operator holds what the source withdraws.
        package var isHeldByOperator = false
        /// How long what its guard held was held; nil when it held nothing.
        package var hold: KeptHold?
        /// Why what was there is not used: it was seen otherwise, or cannot be read and lies beside as `….broken`.
        package var fault: String?
        /// How it was seen when it was confirmed.
        var lens = ""

        package init() {}
    }

    private struct Pending {
        var deltas: [RegistryDelta] = []
        var changes = 0
        /// Whether more was said than is noted here: everything is to be written anew.
        var isWhole = false
        var confirmation: SnapshotStore.Confirmation?
        var isHeldByOperator: Bool?
        /// Whether what is believed is kept at all.
        var keepsWords = true

        var isEmpty: Bool { deltas.isEmpty && !isWhole && confirmation == nil && isHeldByOperator == nil }

        mutating func confirm(at now: UnixTime, upstreamName: String? = nil) {
            confirmation = Confirmation(at: now, upstreamName: upstreamName ?? confirmation?.upstreamName)
        }

        /// Gives up what was noted, but for what is small.
        mutating func drop() { (deltas, changes, isWhole) = ([], 0, true) }
    }

    /// When a read confirmed everything, and what the upstream called itself.
    struct Confirmation {
        var at: UnixTime
        var upstreamName: String?
    }

    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("snapshot 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, revision INTEGER NOT NULL,
                        origin TEXT NOT NULL, value BLOB NOT NULL);
                    CREATE TABLE source (
                        id INTEGER PRIMARY KEY CHECK (id = 1), confirmedAt INTEGER NOT NULL, upstreamName TEXT);
                    """)
        }
        migrator.registerMigration("snapshot 2") { database in
            try database.execute(sql: "ALTER TABLE source ADD COLUMN lens TEXT NOT NULL DEFAULT ''")
        }
        // It has a row while an operator holds what the source withdraws.
        migrator.registerMigration("snapshot 3") { database in
            try database.execute(sql: "CREATE TABLE hold (id INTEGER PRIMARY KEY CHECK (id = 1))")
        }
        migrator.registerMigration("snapshot 4") { try $0.createHeld() }
        return migrator
    }()

    private let path: String
    private let lens: String
    private let maxPending: Int
    private let onlyWhileHeld: Bool
    private nonisolated let pending = Mutex(Pending())
    private var file: StateFile?
    /// What the file has of what is held; nil when that is not known.
    private var held: HeldLeases??

    /// A store of the source that this file belongs to, seen through this lens; at most `maxPending` changes wait for
    /// the disk. `onlyWhileHeld` says that the source keeps itself. Nothing is opened yet.
    init(path: String, lens: String = "", maxPending: Int = 100_000, onlyWhileHeld: Bool = false) {
        self.path = path
        self.lens = lens
        self.maxPending = maxPending
        self.onlyWhileHeld = onlyWhileHeld
        pending.withLock { $0.keepsWords = !onlyWhileHeld }
    }

    /// Opens the file and gives what it has; linear in that. A file that cannot be read is put aside. Throws what an
    /// operator has to mend: another process has it, or the directory is none that we may write to.
    package func load() async throws(StateFailure) -> Kept {
        let opened = try StateFile.openOrReplace(path, .normal, SnapshotStore.migrator, Kept.init(from:))
        file = opened.file
        if file == nil { pending.withLock { $0.drop() } }
        var kept = opened.kept ?? Kept()
        held = kept.hold == nil ? .some(nil) : nil
        if onlyWhileHeld {
            pending.withLock { $0.keepsWords = kept.isHeldByOperator }
            if !kept.isHeldByOperator, !kept.delta.isEmpty {
                pending.withLock { $0.drop() }
                kept.forgetWords()
            }
        }
        kept.fault = opened.fault
        guard kept.confirmedAt == nil || kept.lens == lens else {
            pending.withLock { $0.drop() }
            kept.forgetWords()
            kept.fault = "other filters, names or addresses were declared for it then"
            return kept
        }
        return kept
    }

    /// Notes what is believed from now on, and that a read has confirmed everything with it.
    package nonisolated func note(_ delta: RegistryDelta, confirmedAt: UnixTime? = nil) {
        pending.withLock { pending in
            guard pending.keepsWords else { return }
            if let confirmedAt { pending.confirm(at: confirmedAt) }
            guard !pending.isWhole, !delta.isEmpty else { return }
            pending.deltas.append(delta)
            pending.changes += delta.changeCount
            if pending.changes > maxPending { pending.drop() }
        }
    }

    /// Notes that more is believed than can be said.
    package nonisolated func noteEverything() { pending.withLock { $0.drop() } }

    /// Notes that a read has confirmed all of it; without a name the upstream's last one stays.
    package nonisolated func confirm(at now: UnixTime, upstreamName: String? = nil) {
        pending.withLock { if $0.keepsWords { $0.confirm(at: now, upstreamName: upstreamName) } }
    }

    /// Notes that an operator holds what the source withdraws from now on.
    package nonisolated func noteHold(at now: UnixTime) {
        pending.withLock { pending in
            pending.isHeldByOperator = true
            guard onlyWhileHeld else { return }
            pending.keepsWords = true
            pending.drop()
            pending.confirm(at: now)
        }
    }

    /// Notes that no operator holds it any more.
    package nonisolated func noteRelease() {
        pending.withLock { pending in
            pending.isHeldByOperator = false
            guard onlyWhileHeld else { return }
            pending.keepsWords = false
            pending.drop()
        }
    }

    /// Writes what was noted since the last call, in one transaction; nothing is written for nothing. `everything`
    /// gives all that is believed now, for when more was said than is noted. `held` is how long withdrawals are held
    /// just now; `uptime` and `now` are this moment on its clock and on one that goes on over a restart.
    package func write(
        held: HeldLeases? = nil, uptime: Duration = .zero, now: UnixTime = UnixTime(nanoseconds: 0),
        _ everything: @Sendable () -> RegistryDelta
    ) async throws(StateFailure) {
        let noted = pending.withLock { pending in
            defer { pending = Pending(keepsWords: pending.keepsWords) }
            return pending
        }
        let isHeldOtherwise = self.held.map { $0 != held } ?? true
        guard !noted.isEmpty || isHeldOtherwise else { return }
        // Asked after the notes were taken: what is noted from here on is in it, or is written once more.
        let deltas = !noted.isWhole ? noted.deltas : noted.keepsWords ? [everything()] : []
        do throws(StateFailure) {
            try await openFile().write { [lens] database in
                if noted.isWhole { try database.execute(sql: "DELETE FROM entry") }
                try database.keep(deltas)
                if let confirmation = noted.confirmation { try database.keep(confirmation, lens) }
                if let isHeld = noted.isHeldByOperator { try database.keep(isHeldByOperator: isHeld) }
                if isHeldOtherwise { try database.keep(held.map { KeptHold($0, uptime: uptime, now: now) }) }
            }
            self.held = held
        } catch {
            pending.withLock { pending in
                pending.drop()
                pending.confirmation = pending.confirmation ?? noted.confirmation
                pending.isHeldByOperator = pending.isHeldByOperator ?? noted.isHeldByOperator
            }
            throw error
        }
    }

    /// Closes the file; the next write opens it again.
    package func close() {
        try? file?.queue.close()
        file = nil
    }

    /// The file; tries once more to open one that could not be opened.
    private func openFile() throws(StateFailure) -> StateFile {
        if let file { return file }
        let opened = try StateFile.openOrReplace(path, .normal, SnapshotStore.migrator) { _ in }
        file = opened.file
        held = nil
        guard let file else { throw StateFailure(problem: "the disk fails: \(opened.fault ?? "")") }
        return file
    }
}

extension SnapshotStore.Kept {
    /// As if nothing had been kept but the operator's wish.
    fileprivate mutating func forgetWords() {
        let isHeldByOperator = isHeldByOperator
        self = Self()
        self.isHeldByOperator = isHeldByOperator
    }

    fileprivate init(from database: Database) throws {
        if let row = try Row.fetchOne(database, sql: "SELECT confirmedAt, upstreamName, lens FROM source") {
            confirmedAt = UnixTime(nanoseconds: row[0])
            upstreamName = row[1]
            lens = row[2]
        }
        isHeldByOperator = try Row.fetchOne(database, sql: "SELECT id FROM hold") != nil
        hold = try database.keptHold()
        var decoder = DumpDecoder()
        let rows = try Row.fetchCursor(database, sql: "SELECT kind, key, revision, origin, value FROM entry")
        while let row = try rows.next() {
            let kind: String = row[0]
            guard let table = DumpTable(rawValue: kind) else {
                throw StateFile.Foreign(description: "there is an entry of the unknown kind '\(kind)'")
            }
            let entry = try row.withBytes(atIndex: 1) { key in
                try row.withBytes(atIndex: 3) { origin in
                    try row.withBytes(atIndex: 4) { value in
                        try decoder.decode(table, key: key, revision: row[2], cluster: origin, value: value)
                    }
                }
            }
            delta.say(entry)
        }
    }
}

extension Row {
    /// The bytes of a text or a blob where SQLite has them; valid during the call.
    fileprivate func withBytes<Result>(
        atIndex index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) throws -> Result {
        try withUnsafeData(atIndex: index) { data in
            try (data ?? Data()).withUnsafeBytes { try body($0.bindMemory(to: UInt8.self)) }
        }
    }
}

extension Database {
    /// Keeps what several changes come to.
    fileprivate func keep(_ deltas: [RegistryDelta]) throws {
        let put = try cachedStatement(
            sql: """
                INSERT INTO entry (key, kind, revision, origin, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key)
                DO UPDATE SET kind = excluded.kind, revision = excluded.revision, origin = excluded.origin,
                    value = excluded.value
                """)
        let remove = try cachedStatement(sql: "DELETE FROM entry WHERE key = ?")
        for entry in StoredEntry.last(of: deltas) {
            guard let value = entry.value else {
                try remove.execute(arguments: [entry.key])
                continue
            }
            try put.execute(
                arguments: [entry.key, entry.kind.rawValue, entry.revision, entry.origin, Data(value)])
        }
    }

    fileprivate func keep(_ confirmation: SnapshotStore.Confirmation, _ lens: String) throws {
        try execute(
            sql: """
                INSERT INTO source VALUES (1, ?, ?, ?) ON CONFLICT (id)
                DO UPDATE SET confirmedAt = excluded.confirmedAt, lens = excluded.lens,
                    upstreamName = coalesce(excluded.upstreamName, upstreamName)
                """, arguments: [confirmation.at.nanoseconds, confirmation.upstreamName, lens])
    }

    fileprivate func keep(isHeldByOperator: Bool) throws {
        try execute(sql: isHeldByOperator ? "INSERT OR IGNORE INTO hold VALUES (1)" : "DELETE FROM hold")
    }
}

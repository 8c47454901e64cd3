import Foundation
import GRDB

/// One SQLite file of what survives a restart. One process at a time: it is locked as long as it is open.
struct StateFile: Sendable {
    enum Durability: String {
        /// A transaction is on disk when it returns: neither `kill -9` nor a power cut takes it back.
        case full = "FULL"
        /// A power cut takes back the last transactions, and leaves the file whole.
        case normal = "NORMAL"
    }

    /// The file is not one of ours, or of a newer version.
    struct Foreign: Error, CustomStringConvertible {
        let description: String
    }

    /// The directory that the file is to lie in cannot be made.
    struct NoPlace: Error, CustomStringConvertible {
        let description: String
    }

    let queue: DatabaseQueue

    /// Opens or makes the file, and the directories that it lies in. Throws SQLite's own errors, the file system's, and
    /// `Foreign`.
    init(_ path: String, _ durability: Durability, _ migrator: DatabaseMigrator) throws {
        try StateFile.makeDirectory(of: path)
        if !FileManager.default.fileExists(atPath: path) { try StateFile.make(path, migrator) }
        // SQLite would take it for a new one, and write to it.
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard attributes[.size] as? Int64 != 0 else { throw StateFile.cut }
        queue = try StateFile.open(path)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        }
        guard try !queue.read(migrator.hasBeenSuperseded) else {
            throw Foreign(description: "it was written by a newer version")
        }
        guard try !queue.read(migrator.appliedIdentifiers).isEmpty else {
            throw StateFile.cut
        }
        try migrator.migrate(queue)
    }

    private static func makeDirectory(of path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            // The system's own words do not say which part of the path is in the way.
            var isDirectory: ObjCBool = false
            var place = directory
            while !FileManager.default.fileExists(atPath: place.path, isDirectory: &isDirectory), place.path != "/" {
                place.deleteLastPathComponent()
            }
            throw NoPlace(
                description: isDirectory.boolValue
                    ? "no directory can be made in '\(place.path)'" : "'\(place.path)' is a file, and no directory")
        }
    }

    private static let cut = Foreign(description: "it is there, but what was in it is gone: it was cut to nothing")

    /// Makes a file without content. It gets its name when it is whole, so that one without tables was torn.
    private static func make(_ path: String, _ migrator: DatabaseMigrator) throws {
        let draft = "\(path).new-\(UUID())"
        defer { remove(draft) }
        // With a log beside it, it would not be whole before the log is written back.
        let queue = try open(draft, .default)
        try migrator.migrate(queue)
        try queue.close()
        // What lies beside a file that is not there would be taken for a part of this one.
        remove(path)
        try FileManager.default.moveItem(atPath: draft, toPath: path)
    }

    /// Removes a closed file with what lies beside it.
    static func remove(_ path: String) {
        for ending in endings { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    /// SQLite's own files beside one.
    static let endings = ["", "-wal", "-shm"]

    private static func open(
        _ path: String, _ journal: Configuration.JournalModeConfiguration = .wal
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = journal
        // The process before this one may still be on its way out.
        configuration.busyMode = .timeout(3)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_size_limit = 16777216")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// One transaction; goes on when the caller's task is cancelled, so that nobody is left in doubt.
    func write(_ change: @escaping @Sendable (Database) throws -> Void) async throws(StateFailure) {
        let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
            queue.asyncWrite(change) { continuation.resume(returning: $1) }
        }
        do { try result.get() } catch { throw StateFailure(problem: "the disk takes nothing: \(error)") }
    }

    /// What came of opening a file that may be lost: no file when the disk fails.
    struct Opened<Kept> {
        var file: StateFile?
        var kept: Kept?
        /// Why what was there is not used.
        var fault: String?
    }

    /// Opens a file whose content can be done without, and reads it. One that is torn, foreign or of another version is
    /// put aside for a new one. Throws what an operator has to mend.
    static func openOrReplace<Kept>(
        _ path: String, _ durability: Durability, _ migrator: DatabaseMigrator, _ read: (Database) throws -> Kept
    ) throws(StateFailure) -> Opened<Kept> {
        var fault: String?
        for _ in 0..<2 {
            var opened: StateFile?
            do {
                let file = try StateFile(path, durability, migrator)
                opened = file
                return Opened(file: file, kept: try file.queue.read(read), fault: fault)
            } catch {
                try? opened?.queue.close()
                switch Trouble(error) {
                case .operators: throw StateFailure(opening: path, error)
                case .disk: return Opened(fault: "\(error)")
                case .content:
                    try setAside(path)
                    fault = "\(error); the file lies beside as '\(path).broken'"
                }
            }
        }
        return Opened(fault: fault)
    }

    /// Whose trouble it is that a file cannot be opened or read.
    fileprivate enum Trouble {
        /// Another process has it, or it may not be written.
        case operators
        /// It may be well again later.
        case disk
        /// It is not what we wrote.
        case content

        init(_ error: any Error) {
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: self = .operators
            case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM: self = .disk
            case nil where error is CocoaError || error is NoPlace: self = .operators
            default: self = .content
            }
        }
    }

    /// Gives the file another name, and so its place to a new one.
    static func setAside(_ path: String) throws(StateFailure) {
        do {
            for ending in endings {
                let (from, to) = (path + ending, path + ".broken" + ending)
                try? FileManager.default.removeItem(atPath: to)
                guard FileManager.default.fileExists(atPath: from) else { continue }
                try FileManager.default.moveItem(atPath: from, toPath: to)
            }
        } catch {
            throw StateFailure(opening: path, error)
        }
    }
}

extension StateFailure {
    init(opening path: String, _ error: any Error) {
        if (error as? DatabaseError)?.resultCode == .SQLITE_BUSY {
            self.init(
                problem: "'\(path)' is in use by another process",
                remedy: "give each process a state directory of its own")
            return
        }
        let remedy =
            switch StateFile.Trouble(error) {
            case .operators: "name a directory in 'state' or --state that this user may write to"
            case .disk: "see to its disk: it may be full, or read-only"
            case .content: "put a copy in its place, or move it away: then what it had is gone"
            }
        let reason = (error as? CocoaError)?.localizedDescription ?? "\(error)"
        self.init(problem: "'\(path)' cannot be opened: \(reason)", remedy: remedy)
    }
}

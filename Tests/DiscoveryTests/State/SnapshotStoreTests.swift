import Foundation
import GRDB
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("What is kept of a source")
struct SnapshotStoreTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/state/source-north.sqlite" }
    private static let time = UnixTime(nanoseconds: 1_700_000_000_123_456_789)

    init() throws { directory = try TemporaryDirectory() }

    private func store(
        lens: String = "", maxPending: Int = 100_000, onlyWhileHeld: Bool = false
    ) -> SnapshotStore {
        SnapshotStore(path: path, lens: lens, maxPending: maxPending, onlyWhileHeld: onlyWhileHeld)
    }

    /// What the next run finds.
    private func kept() async throws -> SnapshotStore.Kept { try await store().load() }

    /// The difference that a dump makes.
    private func delta(_ dump: SampleDump) throws -> RegistryDelta {
        var snapshot = ServiceCenterSnapshot()
        return try snapshot.read(dump.bytes).delta
    }

    @Test("is what was noted until the last write, whatever was noted, at every restart", arguments: 1...12)
    func law(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var written = SampleDump(microservices: 0)
        written.entries = []
        for _ in 0..<5 {
            let store = store(maxPending: Int.random(in: 1...40, using: &generator))
            #expect(Known(told: try await store.load().delta) == (try Known(written)))
            // What a run did not write is as if it had never been.
            var dump = written
            var snapshot = ServiceCenterSnapshot()
            _ = try snapshot.read(dump.bytes)
            for _ in 0..<8 {
                ServiceCenterSnapshotLawTests.mutate(&dump, &generator)
                ServiceCenterSnapshotLawTests.removeDuplicates(&dump)
                store.note(try snapshot.read(dump.bytes).delta)
                guard Bool.random(using: &generator) else { continue }
                let everything = try delta(dump)
                try await store.write { everything }
                written = dump
            }
        }
    }

    @Test("is not used when it was seen otherwise, and is written anew as it is seen now")
    func lens() async throws {
        let (old, new) = (try delta(SampleDump(microservices: 3)), try delta(SampleDump(microservices: 1)))
        do {
            let store = store(lens: "old")
            _ = try await store.load()
            store.note(old, confirmedAt: SnapshotStoreTests.time)
            try await store.write { old }
            await store.close()
        }
        do {
            let store = store(lens: "new")
            let kept = try await store.load()
            #expect(kept.delta.isEmpty && kept.confirmedAt == nil && kept.fault?.contains("declared") == true)
            // Before anything was confirmed, what is on disk was seen in neither way.
            try await store.write { RegistryDelta() }
            await store.close()
        }
        #expect(try await store(lens: "new").load().fault != nil)
        do {
            let store = store(lens: "new")
            _ = try await store.load()
            store.note(new, confirmedAt: SnapshotStoreTests.time)
            try await store.write { new }
            await store.close()
        }
        let kept = try await store(lens: "new").load()
        #expect(kept.fault == nil && Known(told: kept.delta) == Known(told: new))
    }

    @Test("has the time of the last confirmed read, what the upstream calls itself, revisions and origins")
    func confirmation() async throws {
        do {
            let store = store()
            #expect(try await store.load().confirmedAt == nil)
            store.note(try delta(SampleDump()))
            store.confirm(at: UnixTime(nanoseconds: 1), upstreamName: "up")
            try await store.write { RegistryDelta() }
            // A read that has not told the name yet.
            store.confirm(at: SnapshotStoreTests.time)
            try await store.write { RegistryDelta() }
            await store.close()
        }
        let kept = try await kept()
        #expect(kept.confirmedAt == SnapshotStoreTests.time)
        #expect(kept.upstreamName == "up")
        #expect(kept.fault == nil)
        #expect(Set(kept.delta.instances.map(\.origin)) == ["up"])
        let revisions = try delta(SampleDump()).instances.map(\.upstreamRevision)
        #expect(kept.delta.instances.map(\.upstreamRevision).sorted() == revisions.sorted())
    }

    @Test("is held by an operator until it is released, whatever else is kept")
    func hold() async throws {
        let everything = try delta(SampleDump())
        for isHeld in [true, false] {
            do {
                let store = store(maxPending: 1)
                _ = try await store.load()
                if isHeld { store.noteHold(at: SnapshotStoreTests.time) } else { store.noteRelease() }
                // Too much to be noted: what is held is not forgotten with it.
                store.note(everything)
                try await store.write { everything }
                store.confirm(at: SnapshotStoreTests.time)
                try await store.write { everything }
                await store.close()
            }
            #expect(try await kept().isHeldByOperator == isHeld)
            let seenOtherwise = try await store(lens: "other").load()
            #expect(seenOtherwise.isHeldByOperator == isHeld && seenOtherwise.delta.isEmpty)
        }
    }

    @Test("of a source that keeps itself is what is believed while an operator holds it, and nothing before and after")
    func onlyWhileHeld() async throws {
        let (believed, later) = (try delta(SampleDump(microservices: 2)), try delta(SampleDump(microservices: 3)))
        for (isHeld, before, after) in [
            (nil, RegistryDelta(), RegistryDelta()), (true, believed, later), (nil, later, later),
            (false, later, RegistryDelta()), (nil, RegistryDelta(), RegistryDelta()),
        ] as [(Bool?, RegistryDelta, RegistryDelta)] {
            let store = store(onlyWhileHeld: true)
            _ = try await store.load()
            store.note(try delta(SampleDump(microservices: 1)))
            store.confirm(at: SnapshotStoreTests.time)
            switch isHeld {
            case true?: store.noteHold(at: SnapshotStoreTests.time)
            case false?: store.noteRelease()
            case nil: break
            }
            try await store.write { before }
            store.note(later)
            try await store.write { before }
            await store.close()
            let kept = try await self.store(onlyWhileHeld: true).load()
            #expect(Known(told: kept.delta) == Known(told: after))
            #expect(kept.isHeldByOperator == !after.isEmpty && kept.fault == nil)
        }
    }

    @Test("may have keys that JSON escapes")
    func strangeKeys() async throws {
        var dump = SampleDump(microservices: 0)
        dump.entries = []
        dump.add("services", #"/cse-sr/ms/files/d\\o/p/a\"b"#, #"{"serviceId":"a\"b","serviceName":"n"}"#)
        let said = try delta(dump)
        #expect(said.microservices.map(\.ref.tenant.domain) == [#"d\o"#])
        do {
            let store = store()
            _ = try await store.load()
            store.note(said)
            try await store.write { RegistryDelta() }
            await store.close()
        }
        #expect(try await kept().delta.microservices.map(\.ref) == said.microservices.map(\.ref))
    }

    @Test("is put aside when it cannot be read, and begun anew", arguments: Damage.allCases)
    func damaged(_ damage: Damage) async throws {
        do {
            let store = store()
            _ = try await store.load()
            store.note(try delta(SampleDump(microservices: 200)))
            try await store.write { RegistryDelta() }
            await store.close()
        }
        try await damage.inflict(on: path)
        do {
            let store = store()
            let kept = try await store.load()
            #expect(kept.fault != nil)
            #expect(kept.confirmedAt == nil)
            #expect(kept.delta.isEmpty)
            #expect(FileManager.default.fileExists(atPath: path + ".broken"))
            store.note(try delta(SampleDump(microservices: 2)))
            try await store.write { RegistryDelta() }
            await store.close()
        }
        #expect(try await kept().delta.microservices.count == 2)
    }

    @Test("is one process's at a time: another one is told to take a directory of its own")
    func locked() async throws {
        let first = store()
        _ = try await first.load()
        let failure = await #expect(throws: StateFailure.self) { try await store().load() }
        #expect(failure?.problem.contains("is in use by another process") == true)
        try await first.write { RegistryDelta() }
    }

    @Test("a directory that cannot be made is told with a remedy")
    func unwritable() async throws {
        let store = SnapshotStore(path: "/proc/nowhere/source-north.sqlite")
        let failure = await #expect(throws: StateFailure.self) { try await store.load() }
        #expect(failure?.remedy?.contains("--state") == true)
        let file = directory.path + "/file"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let below = SnapshotStore(path: "\(file)/below/source-north.sqlite")
        let named = await #expect(throws: StateFailure.self) { try await below.load() }
        #expect(named?.problem.hasSuffix("'\(file)' is a file, and no directory") == true)
    }

    @Test("is written anew as a whole when the disk takes something again")
    func fullDisk() async throws {
        _ = try await kept()
        let queue = try DatabaseQueue(path: path)
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.key LIKE '%poison'
                    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END
                    """)
        }
        try queue.close()
        do {
            let store = store()
            _ = try await store.load()
            var dump = SampleDump()
            dump.add(microservice: "poison")
            store.note(try delta(dump))
            store.confirm(at: SnapshotStoreTests.time, upstreamName: nil)
            let failure = await #expect(throws: StateFailure.self) { try await store.write { RegistryDelta() } }
            #expect(failure?.problem.contains("disk is full") == true)
            dump = SampleDump(microservices: 5)
            let everything = try delta(dump)
            try await store.write { everything }
            await store.close()
        }
        let kept = try await kept()
        #expect(Known(told: kept.delta) == (try Known(SampleDump(microservices: 5))))
        #expect(kept.confirmedAt == SnapshotStoreTests.time)
    }
}

/// What may have happened to a file.
enum Damage: CaseIterable {
    case isText, isNothing, hasNothing, isEmptyPages, isCut, isNewer, isAnothers, hasBrokenEntry, hasUnknownTable

    func inflict(on path: String) async throws {
        switch self {
        case .isText: try Data("no database, but a text that is long enough".utf8).write(to: URL(filePath: path))
        case .isNothing: try Data().write(to: URL(filePath: path))
        case .hasNothing: try await execute("DROP TABLE entry; DROP TABLE grdb_migrations", on: path)
        case .isEmptyPages, .isCut:
            let whole = try Data(contentsOf: URL(filePath: path))
            let rest =
                self == .isCut ? whole.prefix(whole.count / 2) : whole.prefix(100) + Data(count: whole.count - 100)
            try rest.write(to: URL(filePath: path))
        case .isNewer: try await execute("INSERT INTO grdb_migrations VALUES ('snapshot 99')", on: path)
        case .isAnothers: try await execute("DROP TABLE entry; CREATE TABLE entry (a TEXT)", on: path)
        case .hasBrokenEntry: try await execute("UPDATE entry SET value = '{' WHERE rowid = 7", on: path)
        case .hasUnknownTable: try await execute("UPDATE entry SET kind = 'cars' WHERE rowid = 7", on: path)
        }
    }

    private func execute(_ sql: String, on path: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}

import GRDB
import Registry
import TestSupport
import Testing

@testable import Discovery

@Suite("What the journal keeps of instances that ended")
struct JournalStoreTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.sqlite" }

    init() throws { directory = try TemporaryDirectory() }

    private func entry(
        _ action: VisibleChange.Action, _ instance: String, of service: String = "cart", at seconds: Int64,
        host: String = "h"
    ) -> JournalEntry {
        let name = MicroserviceName(tenant: .default, environment: "", application: "shop", name: service)
        let body = #"{"instanceId":"\#(instance)","serviceId":"there","hostName":"\#(host)"}"#
        return JournalEntry(
            at: UnixTime(nanoseconds: seconds * 1_000_000_000), revision: Revision(epoch: 7, sequence: 1),
            source: SourceID("north"),
            event: .change(
                action, .told, microservice: MicroserviceKey(name: name, version: "1.0"), id: ServiceID("here"),
                instance: InstanceID(instance)),
            lastBody: action == .delete ? Array(body.utf8) : nil)
    }

    /// The ends since a time, in a few words.
    private func ends(_ store: JournalStore, since seconds: Int64, atMost limit: Int = 100) async throws -> [String] {
        try await store.ends(since: UnixTime(nanoseconds: seconds * 1_000_000_000), atMost: limit).map { change in
            let body = String(decoding: change.instance.body, as: UTF8.self)
            let host = body.firstMatch(of: /"hostName":"([^"]*)"/)?.1 ?? ""
            return "\(change.action) \(change.microservice.name.name) \(change.instance.id) \(host)"
        }
    }

    @Test("is their last body, over a restart, when they ended lately and did not come back")
    func last() async throws {
        do {
            let store = JournalStore(path: path)
            try await store.open()
            try await store.add(
                [
                    entry(.delete, "old", at: 40), entry(.delete, "back", at: 50), entry(.create, "back", at: 51),
                    entry(.delete, "twice", at: 52, host: "first"), entry(.create, "twice", at: 53),
                    entry(.update, "lives", at: 53), entry(.delete, "one", at: 54),
                    entry(.delete, "one", of: "stock", at: 55), entry(.create, "one", of: "web", at: 55),
                    entry(.delete, "twice", at: 56, host: "second"),
                ], capacity: 100)
        }
        let store = JournalStore(path: path)
        try await store.open()
        #expect(
            try await ends(store, since: 50) == ["delete cart one h", "delete stock one h", "delete cart twice second"])
        #expect(try await ends(store, since: 50, atMost: 2) == ["delete stock one h", "delete cart twice second"])
        #expect(try await ends(store, since: 40).first == "delete cart old h")
        #expect(try await ends(store, since: 57) == [])
        let change = try #require(try await store.ends(since: UnixTime(nanoseconds: 0), atMost: 1).first)
        #expect(change.canonicalID == ServiceID("here"))
        #expect(change.source == SourceID("north"))
        let range = Int(change.instance.serviceIDRange.lowerBound)..<Int(change.instance.serviceIDRange.upperBound)
        #expect(String(decoding: change.instance.body[range], as: UTF8.self) == "there")
    }

    @Test("is nothing in a file from before it was kept, which goes on being read")
    func older() async throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("journal 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, revision TEXT NOT NULL,
                        source TEXT, kind TEXT NOT NULL, cause TEXT, domain TEXT, project TEXT, environment TEXT,
                        application TEXT, name TEXT, version TEXT, service TEXT, instance TEXT, changes INTEGER,
                        "from" TEXT, "to" TEXT, reason TEXT);
                    INSERT INTO entry (at, revision, source, kind, cause, domain, project, environment, application,
                        name, version, service, instance)
                    VALUES (1000000000, '7.1', 'north', 'DELETE', 'told', 'default', 'default', '', 'shop', 'cart',
                        '1.0', 'here', 'gone');
                    """)
        }
        let queue = try DatabaseQueue(path: path)
        try migrator.migrate(queue)
        try queue.close()
        let store = JournalStore(path: path)
        #expect(try await store.open() == nil)
        #expect(try await store.entries(JournalQuery(limit: 10)).map(\.number) == [1])
        #expect(try await ends(store, since: 0) == [])
        try await store.add([entry(.delete, "next", at: 2)], capacity: 100)
        #expect(try await ends(store, since: 0) == ["delete cart next h"])
        #expect(try await store.entries(JournalQuery(limit: 10)).map(\.number) == [2, 1])
    }
}

import Foundation
import GRDB
import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("What a local registry keeps")
struct LocalStoreTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/state/local-home.sqlite" }
    private let clock = ManualClock()

    init() throws { directory = try TemporaryDirectory() }

    private func source(_ settings: LocalSettings = LocalSettings()) -> LocalSource {
        LocalSource(id: SourceID("home"), settings: settings, path: path, clock: clock)
    }

    /// The file itself, once whoever had it open has given it back.
    private func file() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Everything that a registry holds, in a form that can be compared.
    private func contents(_ registry: LocalRegistry) -> [String: String] {
        var contents: [String: String] = [:]
        func add(_ key: String, _ body: [UInt8]) { contents[key] = String(decoding: body, as: UTF8.self) }
        for (ref, holding) in registry.holdings {
            add(DumpKey.service(ref), holding.microservice.body)
            for instance in holding.instances.values { add(DumpKey.instance(instance.ref), instance.body) }
            for schema in holding.schemas.values { add(DumpKey.schema(ref, schema.id), schema.body) }
            for (key, value) in holding.tags { add(DumpKey.tags(ref) + key, Array(value.utf8)) }
            for rule in holding.rules.values { add(DumpKey.rule(ref, rule.id), rule.body) }
            #expect(registry.ids[holding.microservice.key] == ref.id)
            let alias = holding.microservice.key.alias(holding.microservice.alias)
            #expect(alias.map { registry.aliases[$0] } == ref.id)
        }
        for (consumer, rules) in registry.dependencies {
            add(DumpKey.dependency(ofConsumer: consumer), Array("\(rules)".utf8))
        }
        #expect(registry.aliases.count == registry.holdings.count)
        #expect(registry.holdings.values.reduce(0) { $0 + $1.instances.count } == registry.instanceCount)
        return contents
    }

    @Test("adds up to what was done, whatever was done, at every restart", arguments: 1...6)
    func law(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var writer = RandomWriter()
        var expected = LocalRegistry(settings: LocalSettings())
        for _ in 0..<6 {
            let store = try LocalStore(path: path)
            let kept = try await store.load()
            var restored = LocalRegistry(settings: LocalSettings())
            _ = try restored.restore(kept)
            #expect(contents(restored) == contents(expected))
            #expect(restored.revision >= expected.revision)
            expected = restored
            for _ in 0..<40 {
                let moment = LocalRegistry.Moment(
                    time: UnixTime(nanoseconds: 1_700_000_000_000_000_000),
                    newInstanceID: InstanceID("i\(Int.random(in: 0..<10_000, using: &generator))"))
                let write = writer.next(expected, &generator)
                var trial = expected
                guard let outcome = try? trial.perform(write, in: .default, at: moment) else { continue }
                expected = trial
                try await store.keep(outcome.entries, revision: expected.revision)
            }
        }
        #expect(writer.kinds.count == RandomWriter.kindCount)
    }

    @Test("is told as one change by the next run, and served by it")
    func restoring() async throws {
        let id: ServiceID
        do {
            let first = source()
            #expect(try await first.restore().microservices.map(\.id) == [Dialect.registryID])
            id = try await first.register("cart")
            _ = try await first.perform(.registerInstance(id, body: Bodies.instance("i")), in: .default)
            let schema = Bodies.text(#"{"schema":"the text","summary":"s"}"#)
            _ = try await first.perform(.putSchema(id, schema: "api", body: schema), in: .default)
        }
        let second = source()
        let delta = try await second.restore()
        // The registry is a microservice of its own, as every service-center is.
        #expect(delta.microservices.map(\.key.name.name) == ["cart", "SERVICECENTER"])
        #expect(delta.instances.map(\.id.text) == ["i"])
        #expect(delta.attachments.map(\.key) == [.schemaSummary("api")])
        #expect(try await second.schema("api", of: ServiceRef(tenant: .default, id: id)) == "the text")
        #expect(try await second.perform(.heartbeat(id, InstanceID("i")), in: .default).status == 200)
    }

    @Test("is one process's at a time: another one is told to take a directory of its own")
    func locked() async throws {
        do {
            let first = source()
            _ = try await first.restore()
            let failure = await #expect(throws: StateFailure.self) { try await source().restore() }
            #expect(failure?.problem.contains("is in use by another process") == true)
            #expect(failure?.remedy?.contains("a state directory of its own") == true)
            #expect(first.profile.plugin == "local")
        }
        _ = try await source().restore()
    }

    @Test("is loaded again whatever lease an instance asked for")
    func absurdLease() async throws {
        let check = #""healthCheck":{"mode":"push","interval":2147483647,"times":2147483646}"#
        let body = Bodies.text(#"{"instance":{"instanceId":"i","hostName":"h","endpoints":["rest://a:1"],\#(check)}}"#)
        do {
            let first = source()
            _ = try await first.restore()
            let id = try await first.register("cart")
            #expect(try await first.perform(.registerInstance(id, body: body), in: .default).status == 200)
            _ = try await first.read()
        }
        #expect(try await source().restore().instances.count == 1)
    }

    @Test("survives a removal that the disk did not take, followed by the removal of its microservice")
    func lateRemoval() async throws {
        let id: ServiceID
        do {
            let first = source()
            _ = try await first.restore()
            id = try await first.register("cart")
            _ = try await first.perform(.registerInstance(id, body: Bodies.instance("i")), in: .default)
        }
        // The microservice's row goes, the instance's stays: as after a full disk.
        let queue = try file()
        try await queue.write { try $0.execute(sql: "DELETE FROM entry WHERE kind = 'services'") }
        try queue.close()
        do {
            let second = source()
            #expect(try await second.restore().instances.isEmpty)
            _ = try await second.register("other")
        }
        // The next write took the orphan with it.
        let store = try LocalStore(path: path)
        #expect(try await store.load().entries.map(\.kind) == [.services])
    }

    @Test("loses an instance whose lease ended while the disk was full, with the next write that the disk takes")
    func endedOnFullDisk() async throws {
        _ = try LocalStore(path: path)
        let queue = try file()
        // A disk that takes no removal for two seconds.
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE refusal (until INTEGER);
                    INSERT INTO refusal VALUES (unixepoch() + 2);
                    CREATE TRIGGER full BEFORE DELETE ON entry
                    WHEN unixepoch() < (SELECT until FROM refusal)
                    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END
                    """)
        }
        try queue.close()
        do {
            let source = source()
            _ = try await source.restore()
            let told = Told()
            let following = Task { await source.follow { told.take($0) } }
            let id = try await source.register("a")
            let check = #""healthCheck":{"mode":"push","interval":2,"times":0}"#
            let body = Bodies.text(#"{"instance":{"instanceId":"i","hostName":"h",\#(check)}}"#)
            _ = try await source.perform(.registerInstance(id, body: body), in: .default)
            #expect(await ScriptedServer.eventually { clock.sleepers == 1 })
            clock.advance(by: .seconds(1))
            #expect(await ScriptedServer.eventually { clock.sleepers == 1 })
            clock.advance(by: .seconds(1))
            #expect(await ScriptedServer.eventually { told.all.last?.removedInstances.map(\.id.text) == ["i"] })
            try await eventually("the disk takes writes again") {
                let write = RegistryWrite.addTags(id, body: Bodies.text(#"{"tags":{"t":"v"}}"#))
                return (try? await source.perform(write, in: .default)) != nil
            }
            following.cancel()
            await following.value
        }
        let store = try LocalStore(path: path)
        #expect(Set(try await store.load().entries.map(\.kind)) == [.services, .serviceTags])
    }

    @Test("lets an ended instance go whose new registration shared a set with a write that the disk refused")
    func endedInRefusedSet() async throws {
        _ = try LocalStore(path: path)
        let queue = try file()
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON entry WHEN (SELECT count(*) FROM entry) >= 2
                    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END
                    """)
        }
        try queue.close()
        let source = source()
        _ = try await source.restore()
        let id = try await source.register("a")
        _ = try await source.perform(.registerInstance(id, body: Bodies.instance("i")), in: .default)
        clock.advance(by: .seconds(120))
        let moment = LocalRegistry.Moment(time: clock.now(), newInstanceID: InstanceID("n"))
        let other = Bodies.text(#"{"service":{"appId":"shop","serviceName":"b"}}"#)
        let answers = await source.keep([
            .perform(.registerInstance(id, body: Bodies.instance("i")), .default, moment),
            .perform(.registerMicroservice(body: other), .default, moment), .expire,
        ])
        #expect(answers.allSatisfy { (try? $0.get()) == nil })
        let told = Told()
        let following = Task { await source.follow { told.take($0) } }
        defer { following.cancel() }
        #expect(await ScriptedServer.eventually { told.all.last?.removedInstances.map(\.id.text) == ["i"] })
    }

    @Test("is refused as a whole when an entry of it cannot be understood")
    func broken() async throws {
        let store = try LocalStore(path: path)
        let entry = StoredEntry(
            kind: .services, key: "/cse-sr/ms/files/default/default/a", revision: 1, value: Bodies.text("{"))
        try await store.keep([entry], revision: 1)
        let kept = try await store.load()
        let failure = #expect(throws: StateFailure.self) {
            var registry = LocalRegistry(settings: LocalSettings())
            _ = try registry.restore(kept)
        }
        #expect(failure?.problem.contains("/cse-sr/ms/files/default/default/a") == true)
    }

    @Test("is refused when the file was cut, to nothing or in its middle, and stays as it is", arguments: [0, 0.5])
    func cut(_ share: Double) async throws {
        do {
            let first = source()
            _ = try await first.restore()
            _ = try await first.register("cart")
        }
        try file().close()
        let whole = try Data(contentsOf: URL(filePath: path))
        let rest = whole.prefix(Int(Double(whole.count) * share))
        try rest.write(to: URL(filePath: path))
        let failure = await #expect(throws: StateFailure.self) { try await source().restore() }
        #expect(failure?.problem.contains("local-home.sqlite' cannot be opened: ") == true)
        #expect(failure?.remedy == "put a copy in its place, or move it away: then what it had is gone")
        #expect(try Data(contentsOf: URL(filePath: path)) == rest)
    }

    @Test("a directory that cannot be made is told with a remedy")
    func unwritable() async throws {
        let source = LocalSource(
            id: SourceID("home"), settings: LocalSettings(), path: "/proc/nowhere/home.sqlite", clock: clock)
        let failure = await #expect(throws: StateFailure.self) { try await source.restore() }
        #expect(failure?.remedy?.contains("--state") == true)
    }

    @Test("what the disk does not take is refused, told to nobody, and shown until the disk takes something")
    func fullDisk() async throws {
        _ = try LocalStore(path: path)
        let queue = try file()
        try await queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON entry WHEN (SELECT count(*) FROM entry) >= 1
                    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END
                    """)
        }
        try queue.close()
        let source = source()
        _ = try await source.restore()
        let told = Told()
        let following = Task { await source.follow { told.take($0) } }
        defer { following.cancel() }
        let id = try await source.register("a")
        #expect(await ScriptedServer.eventually { told.all.count == 1 })
        await #expect(throws: ServiceCenterError.self) { try await source.register("b") }
        let refusal = await #expect(throws: ServiceCenterError.self) {
            try await source.perform(.registerInstance(id, body: Bodies.instance("i")), in: .default)
        }
        #expect(refusal?.code == .unavailable)
        #expect(refusal?.detail.contains("disk is full") == true)
        #expect(told.all.count == 1)
        await #expect(throws: ServiceCenterError.self) {
            try await source.perform(.heartbeat(id, InstanceID("i")), in: .default)
        }
        // What needs no room is done, and what was acknowledged is there.
        #expect(try await source.perform(.unregisterMicroservice(id, force: false), in: .default).status == 200)
        #expect(told.all.last?.removedMicroservices.map(\.id) == [id])
        _ = try await source.register("b")
        #expect(try await source.read().delta.isEmpty)
    }
}

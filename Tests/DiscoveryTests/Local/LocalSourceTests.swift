import Registry
import ServiceCenterWire
import TestSupport
import Testing
import Topology

@testable import Discovery

@Suite("A local source")
struct LocalSourceTests {
    private let clock = ManualClock()
    private let source: LocalSource

    init() {
        source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: clock)
    }

    private func register(_ name: String) async throws -> ServiceID {
        let body = Array(#"{"service":{"appId":"shop","serviceName":"\#(name)","version":"1"}}"#.utf8)
        let answer = try await source.perform(.registerMicroservice(body: body), in: .default)
        return ServiceID(JSONValue(parsing: answer.body)?["serviceId"]?.text ?? "")
    }

    /// Runs a test while the source is followed.
    private func following(_ test: (Told) async throws -> Void) async throws {
        let told = Told()
        let task = Task { [source] in await source.follow { told.take($0) } }
        #expect(await ScriptedServer.eventually { clock.sleepers == 1 })
        try await test(told)
        task.cancel()
        await task.value
    }

    @Test("tells a write before it is answered")
    func order() async throws {
        try await following { told in
            for index in 0..<20 {
                _ = try await register("s\(index)")
                #expect(told.all.count == index + 1)
                #expect(told.all.last?.microservices.map(\.key.name.name) == ["s\(index)"])
            }
        }
    }

    @Test("tells what was written before it was followed as soon as it is, in order and once")
    func before() async throws {
        for index in 0..<5 { _ = try await register("s\(index)") }
        try await following { told in
            #expect(told.all.flatMap(\.microservices).map(\.key.name.name) == (0..<5).map { "s\($0)" })
            _ = try await register("later")
            #expect(told.all.count == 6)
        }
        // Nobody listens now: it waits for the next one who does.
        _ = try await register("unheard")
        try await following { told in
            #expect(told.all.flatMap(\.microservices).map(\.key.name.name) == ["unheard"])
        }
    }

    @Test("tells nothing of a write that changes nothing or is refused")
    func silence() async throws {
        try await following { told in
            let id = try await register("a")
            _ = try await register("a")
            await #expect(throws: ServiceCenterError.self) {
                try await source.perform(.heartbeat(id, InstanceID("nope")), in: .default)
            }
            #expect(told.all.count == 1)
        }
    }

    @Test("tells when a lease has ended, within a second")
    func expiry() async throws {
        try await following { told in
            let id = try await register("a")
            let body =
                #"{"instance":{"instanceId":"i","hostName":"h","healthCheck":{"mode":"push","interval":2,"times":0}}}"#
            _ = try await source.perform(.registerInstance(id, body: Array(body.utf8)), in: .default)
            clock.advance(by: .seconds(1))
            // Looked, found nothing, and sleeps again.
            #expect(await ScriptedServer.eventually { clock.sleepers == 1 })
            #expect(told.all.count == 2)
            clock.advance(by: .seconds(1))
            #expect(await ScriptedServer.eventually { told.all.count == 3 })
            #expect(told.all.last?.removedInstances.map(\.id.text) == ["i"])
        }
    }

    @Test("knows when a lease ends, which a heartbeat puts off, and none of an instance that is gone")
    func leaseEnd() async throws {
        let id = try await register("a")
        let body =
            #"{"instance":{"instanceId":"i","hostName":"h","healthCheck":{"mode":"push","interval":10,"times":2}}}"#
        _ = try await source.perform(.registerInstance(id, body: Array(body.utf8)), in: .default)
        let ref = InstanceRef(service: ServiceRef(tenant: .default, id: id), id: InstanceID("i"))
        var lens = LensDeclaration()
        lens.rename.domain = [(from: "default", to: "north")]
        let keeper = try #require(source.seen(through: lens) as? any LeaseKeeper)
        clock.advance(by: .seconds(12))
        #expect(source.leaseEnd(of: ref) == clock.now().advanced(by: .seconds(18)))
        _ = try await source.perform(.heartbeat(id, InstanceID("i")), in: .default)
        #expect(source.leaseEnd(of: ref) == clock.now().advanced(by: .seconds(30)))
        let seen = InstanceRef(
            service: ServiceRef(tenant: Tenant(domain: "north", project: "default"), id: id), id: InstanceID("i"))
        #expect(keeper.leaseEnd(of: seen) == source.leaseEnd(of: ref))
        _ = try await source.perform(.unregisterInstance(id, InstanceID("i")), in: .default)
        #expect(source.leaseEnd(of: ref) == nil && keeper.leaseEnd(of: seen) == nil)
    }

    @Test("has nothing to say when it is read, which always succeeds")
    func read() async throws {
        _ = try await register("a")
        #expect(try await source.read().delta.isEmpty)
        #expect(source.profile.id == SourceID("home"))
        #expect(source.profile.plugin == "local")
        #expect(source.profile.endpoints.isEmpty)
    }

    @Test("tells every write of many clients at once, in an order that adds up")
    func concurrency() async throws {
        try await following { told in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        let id = try await register("s\(client)")
                        for number in 0..<20 {
                            let body = Array(#"{"instance":{"instanceId":"i\#(number)","hostName":"h"}}"#.utf8)
                            _ = try await source.perform(.registerInstance(id, body: body), in: .default)
                            guard number % 2 == 0 else { continue }
                            let instance = InstanceID("i\(number)")
                            _ = try await source.perform(.unregisterInstance(id, instance), in: .default)
                        }
                    }
                }
                try await group.waitForAll()
            }
            var alive: Set<InstanceRef> = []
            for delta in told.all {
                for instance in delta.instances { #expect(alive.insert(instance.ref).inserted) }
                for ref in delta.removedInstances { #expect(alive.remove(ref) != nil) }
            }
            #expect(alive.count == 80)
        }
    }
}

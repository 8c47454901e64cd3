import Discovery
import Federation
import Locks
import Registry
import ServiceCenterWire
import TestSupport
import Testing
import Topology

@Suite("/mainstem/v1/explain")
struct ExplainTests {
    /// A dump with one microservice and one instance.
    private static func dump(_ service: String, host: String) -> [UInt8] {
        Array(
            """
            {"cache":{"services":[{"key":"/cse-sr/ms/files/default/default/\(service)","rev":7,"cluster":"inner",
            "value":{"serviceId":"\(service)","appId":"shop","serviceName":"cart","version":"1.0.0"}}],
            "instances":[{"key":"/cse-sr/inst/files/default/default/\(service)/i","rev":8,"cluster":"",
            "value":{"instanceId":"i","serviceId":"\(service)","hostName":"\(host)","status":"UP",
            "modTimestamp":"\(host.utf8.count)"}}]}}
            """.utf8)
    }

    @Test("tells who says what of a microservice, by any of its names, and what decided")
    func words() async throws {
        let north = try await ScriptedServer.start { _ in .respond(body: Self.dump("a", host: "one")) }
        let south = try await ScriptedServer.start { _ in .respond(body: Self.dump("b", host: "other")) }
        var topology = try Upstreams.topology([("north", north), ("south", south)])
        topology.merge.policy = .newest
        let registry = try await LiveRegistry.start(topology)
        var answers: [JSONValue?] = []
        for service in ["a", "b", "shop/cart/1.0.0", "shop/cart/1.0.0&domain=default&project=default"] {
            let answer = try await registry.ask("GET", "/mainstem/v1/explain?service=\(service)").json
            answers.append(answer?["microservices"]?.elements.first)
        }
        for found in answers {
            #expect(found?["serviceId"] == .string("a") && found?["policy"] == .string("newest"))
            #expect(found?["aliases"] == .array([.string("b")]))
            let sources = found?["sources"]?.elements
            #expect(sources?.map { $0["source"]?.text } == ["north", "south"])
            #expect(sources?.map { $0["serviceId"]?.text } == ["a", "b"])
            #expect(sources?.first?["revision"]?.number == 7 && sources?.first?["origin"]?.text == "inner")
            #expect(sources?.first?["state"]?.text == "synced" && sources?.first?["standing"]?.text == "full")
            #expect(sources?.first?["body"]?["serviceName"]?.text == "cart")
            let instance = found?["instances"]?.elements.first
            #expect(instance?["visible"] == .bool(true) && instance?["source"]?.text == "south")
            #expect(instance?["decidedBy"]?.text == "newest")
            #expect(instance?["words"]?.elements.map { $0["source"]?.text } == ["south", "north"])
            #expect(instance?["words"]?.elements.map { $0["hiddenBy"]?.text } == [nil, "newest"])
            #expect(instance?["words"]?.elements.map { $0["body"]?["hostName"]?.text } == ["other", "one"])
            #expect(instance?["words"]?.elements.first?["revision"]?.number == 8)
        }
        await registry.stop()
        await north.stop()
        await south.stop()
    }

    @Test("of what nobody knows is an error that says what can be asked")
    func unknown() async throws {
        let registry = try await Upstreams.embedded("home")
        let cart = try await RegistryClient("\(registry.address)", registry.client).register("cart")
        for (query, code, words) in [
            ("service=nobody", "400012", "no source has said a microservice 'nobody'"),
            ("service=shop/cart/9", "400012", "application/name/version"),
            ("service=\(cart)&instance=gone", "400017", "/mainstem/v1/journal?instance=gone"),
            ("", "400001", "parameter service must be"), ("service=a/b", "400001", "parameter service must be"),
            ("service=\(cart)&limit=0", "400001", "parameter limit must be from 1 to 1000"),
        ] {
            let refused = try await registry.ask("GET", "/mainstem/v1/explain?\(query)")
            #expect(refused.status == 400)
            #expect(refused.json?["errorCode"]?.text == code, "\(query)")
            #expect(refused.json?["detail"]?.text?.contains(words) == true, "\(query)")
        }
        await registry.stop()
    }

    @Test("tells when the lease of an instance ends that is registered here, and not of one that is elsewhere")
    func leases() async throws {
        let far = try await Upstreams.embedded("far")
        let client = RegistryClient("\(far.address)", far.client)
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)
        let near = try await Upstreams.registry(over: far)
        func word(at registry: LiveRegistry) async throws -> JSONValue? {
            let query = "/mainstem/v1/explain?service=\(cart)&instance=\(instance)"
            let found = try await registry.ask("GET", query).json?["microservices"]?.elements.first
            return found?["instances"]?.elements.first?["words"]?.elements.first
        }
        let (here, there) = (try await word(at: far), try await word(at: near))
        let end = try #require(here?["expiresAt"]?.number)
        let now = far.federation.clock.now().seconds
        #expect(end > now && end <= now + 120)
        #expect(here?["leaseSeconds"]?.number == 120 && there?["leaseSeconds"]?.number == 120)
        #expect(there != nil && there?["expiresAt"] == nil)
        await near.stop()
        await far.stop()
    }

    @Test("shows which withdrawals are held, until when, and who is demoted")
    func doubts() async throws {
        let north = SourceID("north")
        let registry = try await LiveRegistry.start([SilentSource()], policies: [north: SourcePolicy()])
        registry.federation.registry.apply(said(10), from: north)
        registry.federation.registry.apply(gone(10), from: north)
        let query = "/mainstem/v1/explain?service=cart&instance=i3"
        var found = try await registry.ask("GET", query).json?["microservices"]?.elements.first
        #expect(found?["instancesTotal"]?.number == 1)
        #expect(found?["sources"]?.elements.first?["quarantine"]?["reason"]?.text == "rewound")
        let held = found?["instances"]?.elements.first?["words"]?.elements.first?["withdrawalHeld"]
        #expect((held?["until"]?.number ?? 0) > registry.federation.clock.now().seconds)

        _ = try await registry.ask("POST", "/mainstem/v1/quarantine/north")
        registry.federation.registry.give(.dropped, to: north)
        found = try await registry.ask("GET", query).json?["microservices"]?.elements.first
        let instance = found?["instances"]?.elements.first
        #expect(instance?["visible"] == .bool(false) && instance?["decidedBy"]?.text == "standing")
        #expect(instance?["words"]?.elements.first?["hiddenBy"]?.text == "dropped")
        #expect(instance?["words"]?.elements.first?["withdrawalHeld"] == .object([:]))
        await registry.stop()
    }

    @Test("tells what becomes of a failing source's word, and when")
    func next() async throws {
        var policy = SourcePolicy()
        policy.staleness.treatment = .demote
        let registry = try await LiveRegistry.start([FailingSource()], policies: [SourceID("north"): policy])
        try await registry.until("it fails") { $0.sources[0].lastSuccess != nil && $0.sources[0].state == .stale }
        let sources = try await registry.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements
        let found = try await registry.ask("GET", "/mainstem/v1/explain?service=cart").json?["microservices"]?.elements
        let confirmed = try #require(sources?.first?["lastSuccess"]?.number)
        for source in [sources?.first, found?.first?["sources"]?.elements.first] {
            #expect(source?["standing"]?.text == "full")
            #expect(source?["next"]?["standing"]?.text == "demoted")
            #expect(abs((source?["next"]?["at"]?.number ?? 0) - confirmed - 90) < 0.01)
        }
        await registry.stop()
    }

    @Test("finds an instance that is out of sight because it comes and goes")
    func damped() async throws {
        let north = SourceID("north")
        let registry = try await LiveRegistry.start([SilentSource()], policies: [north: SourcePolicy()])
        let merged = registry.federation.registry
        merged.apply(said(2), from: north)
        for _ in 0..<10 {
            merged.apply(gone(1), from: north)
            merged.apply(said(2), from: north)
        }
        let found = try await registry.ask("GET", "/mainstem/v1/explain?service=shop/cart/1.0.0&instance=i0").json
        let instance = found?["microservices"]?.elements.first?["instances"]?.elements.first
        #expect(instance?["dampedAt"] == .array([.string("north")]))
        #expect(instance?["visible"] == .bool(false))
        let all = try await registry.ask("GET", "/mainstem/v1/explain?service=cart").json
        let listed = all?["microservices"]?.elements.first?["instances"]?.elements
        #expect(listed?.map { $0["instanceId"]?.text } == ["i1", "i0"] && listed?.last?["dampedAt"] != nil)
        await registry.stop()
    }

    @Test("finds an instance whose microservice its source has not named")
    func orphans() async throws {
        let registry = try await LiveRegistry.start([SilentSource(), SilentSource("south")])
        let merged = registry.federation.registry
        merged.apply(said(1), from: SourceID("north"))
        var orphan = InstanceRecord()
        (orphan.id, orphan.serviceID, orphan.status) = ("lost", "other", "UP")
        var said = RegistryDelta()
        said.instances = [orphan.instance(in: .default, upstreamRevision: 7)]
        merged.apply(said, from: SourceID("south"))
        // By the ID that its source gives it, by another one of that tenant, and by keys that have a tenant.
        for (service, known) in [("other", 0), ("cart", 1), ("shop/cart/1.0.0", 1), ("shop/unknown/1", 0)] {
            let path = "/mainstem/v1/explain?service=\(service)"
            let found = try await registry.ask("GET", path + "&instance=lost").json
            #expect(found?["microservices"]?.elements.count == known, "\(service)")
            let words = found?["orphans"]?.elements
            #expect(words?.count == 1 && words?.first?["source"]?.text == "south", "\(service)")
            #expect(words?.first?["hiddenBy"]?.text == "orphan" && words?.first?["tenant"]?.text == "default/default")
            #expect(words?.first?["serviceId"]?.text == "other" && words?.first?["revision"]?.number == 7)
            #expect(words?.first?["body"]?["instanceId"]?.text == "lost")
            let all = try await registry.ask("GET", path)
            #expect(all.status == (known == 1 ? 200 : 400) && all.json?["orphans"] == nil, "\(service)")
        }
        for query in ["service=cart&instance=nobody", "service=shop/cart/1.0.0&domain=far&instance=lost"] {
            #expect(try await registry.ask("GET", "/mainstem/v1/explain?\(query)").status == 400, "\(query)")
        }
        await registry.stop()
    }

    private func gone(_ count: Int) -> RegistryDelta {
        var delta = RegistryDelta()
        if count > 1 { delta.evidence = .read(isRewound: true) }
        delta.removedInstances = said(count).instances.map(\.ref)
        return delta
    }
}

/// A source that has nothing to say by itself.
private struct SilentSource: Source {
    let profile: SourceProfile

    init(_ name: String = "north") {
        profile = SourceProfile(id: SourceID(name), plugin: "quiet", endpoints: [], interval: .seconds(3_600))
    }

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        SourceReading()
    }
}

/// A source that is read once, and then no more.
private final class FailingSource: Source {
    let profile = SourceProfile(id: SourceID("north"), plugin: "failing", endpoints: [], interval: .milliseconds(10))
    private let isRead = Mutex(false)

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        if isRead.withLock({ $0 }) { throw .unreachable("gone") }
        isRead.withLock { $0 = true }
        tell(said(1))
        return SourceReading()
    }
}

import Discovery
import Federation
import Registry
import TestSupport
import Testing
import Topology

/// Two registries behind a front: one is its home, the other one is not. The home calls the microservice that both know
/// by an ID of its own.
@Suite("A write goes to the source that it belongs to")
struct OwnerTests {
    private struct World {
        let home: LiveRegistry
        let other: LiveRegistry
        let front: LiveRegistry
        var atHome: RegistryClient { RegistryClient("\(home.address)", home.client) }
        var atOther: RegistryClient { RegistryClient("\(other.address)", other.client) }
        var atFront: RegistryClient { RegistryClient("\(front.address)", front.client) }

        /// The home stands last, and leads all the same: its IDs are the ones that are served.
        init(writable: Bool, prepare: (RegistryClient, RegistryClient) async throws -> Void) async throws {
            home = try await Upstreams.embedded("home")
            other = try await Upstreams.embedded("other")
            try await prepare(
                RegistryClient("\(home.address)", home.client), RegistryClient("\(other.address)", other.client))
            front = try await LiveRegistry.start(
                Topology.parse(
                    """
                    home: home
                    sources:
                      - name: other
                        plugin: servicecenter
                        settings: {endpoints: ["http://\(other.address)"], interval: 1h, writable: \(writable)}
                      - name: home
                        plugin: servicecenter
                        settings: {endpoints: ["http://\(home.address)"], interval: 1h}
                    """, file: "front"))
        }

        func end() async {
            for registry in [front, home, other] { await registry.stop() }
        }
    }

    private static func register(_ id: String, _ client: RegistryClient) async throws {
        let body = #"{"service":{"serviceId":"\#(id)","appId":"shop","serviceName":"cart","version":"1.0.0"}}"#
        #expect(try await client.ask("POST", "/v4/default/registry/microservices", body: body).status == 200)
    }

    private static func path(_ service: String, _ instance: String, _ what: String = "") -> String {
        "/v4/default/registry/microservices/\(service)/instances/\(instance)\(what)"
    }

    @Test("heartbeats and changes of its own instances reach a writable source, under the ID that it knows")
    func writable() async throws {
        let world = try await World(writable: true) { home, other in
            try await Self.register("id-at-home", home)
            try await Self.register("id-at-other", other)
        }
        // Registered at the home, found under the other source's ID as well.
        let mine = try await world.atFront.start("mine", of: "id-at-other")
        #expect(try await world.atHome.instanceIDs(of: "id-at-home") == [mine])
        #expect(try await world.atOther.instanceIDs(of: "id-at-other") == [])
        let theirs = try await world.atOther.start("theirs", of: "id-at-other")
        await world.front.federation.refresh(.init("other"))
        for service in ["id-at-home", "id-at-other"] {
            for instance in [mine, theirs] {
                let beat = try await world.atFront.ask("PUT", Self.path(service, instance, "/heartbeat"))
                #expect(beat.status == 200, "\(service) \(instance): \(beat.text)")
            }
        }
        let set = """
            {"instances":[{"serviceId":"id-at-other","instanceId":"\(mine)"},
            {"serviceId":"id-at-home","instanceId":"\(theirs)"}]}
            """
        #expect(try await world.atFront.ask("PUT", "/v4/default/registry/heartbeats", body: set).status == 200)
        let down = try await world.atFront.ask("PUT", Self.path("id-at-home", theirs, "/status?value=DOWN"))
        #expect(down.status == 200)
        // Visible in the very next read at the front, and done where it belongs.
        #expect(try await world.atFront.find("cart").text.contains(#""status":"DOWN""#))
        #expect(try await world.atOther.find("cart").text.contains(#""status":"DOWN""#))
        #expect(try await world.atHome.instanceIDs(of: "id-at-home") == [mine])
        try await world.atFront.stop(theirs, of: "id-at-other")
        #expect(try await world.atOther.instanceIDs(of: "id-at-other") == [])
        #expect(try await world.atFront.hosts(of: "cart") == ["mine"])
        await world.end()
    }

    @Test("what is written at the home is what is read at once, though another source that stands before it has it too")
    func homeLeads() async throws {
        let world = try await World(writable: false) { home, other in
            for (id, client) in [("id-at-home", home), ("id-at-other", other)] {
                try await Self.register(id, client)
                let path = "/v4/default/registry/microservices/\(id)"
                let body = #"{"properties":{"said":"\#(id)"}}"#
                #expect(try await client.ask("PUT", path + "/properties", body: body).status == 200)
                #expect(try await client.ask("POST", path + "/tags", body: #"{"tags":{"at":"\#(id)"}}"#).status == 200)
            }
        }
        for service in ["id-at-home", "id-at-other"] {
            let path = "/v4/default/registry/microservices/\(service)"
            let write = try await world.atFront.ask(
                "PUT", path + "/properties", body: #"{"properties":{"said":"anew by \#(service)"}}"#)
            #expect(write.status == 200)
            let read = try await world.atFront.ask("GET", path).json?["service"]
            #expect(read?["properties"]?["said"] == .string("anew by \(service)"))
            #expect(try await world.atFront.ask("PUT", path + "/tags/at?value=here", body: "").status == 200)
            #expect(try await world.atFront.ask("GET", path + "/tags").json?["tags"]?["at"] == .string("here"))
        }
        await world.end()
    }

    @Test("what belongs to a source that takes no writes is refused with the key that would let it")
    func notWritable() async throws {
        let world = try await World(writable: false) { home, other in
            try await Self.register("id-at-home", home)
            try await Self.register("id-at-other", other)
            _ = try await other.start("theirs", of: "id-at-other")
        }
        let theirs = try #require(try await world.atFront.instanceIDs(of: "id-at-other").first)
        for (method, what) in [("PUT", "/heartbeat"), ("PUT", "/status?value=DOWN"), ("DELETE", "")] {
            let answer = try await world.atFront.ask(method, Self.path("id-at-other", theirs, what))
            #expect(answer.status == 403)
            #expect(answer.json?["errorCode"] == .string("403001"))
            #expect(answer.json?["detail"]?.text?.contains("'other'") == true)
            #expect(answer.json?["detail"]?.text?.contains("writable: true") == true)
        }
        #expect(try await world.atOther.hosts(of: "cart") == ["theirs"])
        #expect(try await world.atHome.instanceIDs(of: "id-at-home") == [])
        await world.end()
    }

    @Test("one instance in a set of heartbeats that we may not write to does not keep the others from their home")
    func mixedSet() async throws {
        let world = try await World(writable: false) { home, other in
            try await Self.register("id-at-home", home)
            try await Self.register("id-at-other", other)
            _ = try await other.start("theirs", of: "id-at-other")
        }
        let mine = try await world.atFront.start("mine", of: "id-at-other")
        let theirs = try #require(try await world.atOther.instanceIDs(of: "id-at-other").first)
        let set = """
            {"instances":[{"serviceId":"id-at-other","instanceId":"\(theirs)"},
            {"serviceId":"id-at-other","instanceId":"\(mine)"}]}
            """
        let answer = try await world.atFront.ask("PUT", "/v4/default/registry/heartbeats", body: set)
        #expect(answer.status == 403)
        #expect(answer.json?["errorCode"] == .string("403001"))
        let heard = /mainstem_http_requests_total\{[^}]*route="HeartbeatSet"[^}]*status="200"[^}]*\} 1\n/
        #expect(try await world.atHome.ask("GET", "/metrics").text.contains(heard))
        await world.end()
    }

    @Test("an instance that would be refused leaves no microservice behind at the home")
    func refusedAdoption() async throws {
        let world = try await World(writable: false) { _, other in try await Self.register("id-at-other", other) }
        let path = "/v4/default/registry/microservices/id-at-other/instances"
        #expect(try await world.atFront.ask("POST", path, body: #"{"instance":{}}"#).status == 400)
        #expect(try await world.atHome.ask("GET", "/v4/default/registry/microservices/id-at-other").status == 400)
        await world.end()
    }

    @Test("an instance of a microservice that the home does not know registers there: its definition goes first")
    func adopting() async throws {
        let world = try await World(writable: false) { _, other in
            let body = """
                {"service":{"serviceId":"id-at-other","appId":"shop","serviceName":"cart","version":"1.0.0",
                "alias":"basket","properties":{"allowCrossApp":"true"}}}
                """
            #expect(try await other.ask("POST", "/v4/default/registry/microservices", body: body).status == 200)
            _ = try await other.start("theirs", of: "id-at-other")
        }
        // As a client does: it finds that the microservice exists, and registers its instance and its schemas.
        let mine = try await world.atFront.start("mine", of: "id-at-other")
        #expect(try await world.atFront.hosts(of: "cart") == ["mine", "theirs"])
        let path = "/v4/default/registry/microservices/id-at-other"
        let schema = #"{"schema":"the text","summary":"s"}"#
        #expect(try await world.atFront.ask("PUT", path + "/schemas/api", body: schema).status == 200)
        #expect(try await world.atFront.ask("GET", path + "/schemas/api").json?["schema"] == .string("the text"))
        #expect(try await world.atFront.ask("PUT", Self.path("id-at-other", mine, "/heartbeat")).status == 200)
        // The definition is there as it was, and nothing of the other one's instances.
        let adopted = try await world.atHome.ask("GET", path).json?["service"]
        #expect(adopted?["alias"] == .string("basket"))
        #expect(adopted?["properties"]?["allowCrossApp"] == .string("true"))
        #expect(try await world.atHome.instanceIDs(of: "id-at-other") == [mine])
        #expect(try await world.atOther.hosts(of: "cart") == ["theirs"])
        await world.end()
    }

    @Test("a registration is answered with the ID that is served from then on, and the one before still resolves")
    func canonicalID() async throws {
        let world = try await World(writable: false) { _, other in try await Self.register("id-at-other", other) }
        let id = try await world.atFront.register("cart")
        for known in [id, "id-at-other"] {
            let path = "/v4/default/registry/microservices/\(known)"
            #expect(try await world.atFront.ask("GET", path).json?["service"]?["serviceId"] == .string(id))
        }
        let mine = try await world.atFront.start("mine", of: id)
        #expect(try await world.atFront.instanceIDs(of: id) == [mine])
        await world.end()
    }

    @Test("a client that registers again with the ID that it was given is known by it, whichever the home has")
    func againWithID() async throws {
        let world = try await World(writable: false) { home, other in
            try await Self.register("id-at-home", home)
            try await Self.register("id-at-other", other)
        }
        for id in ["id-at-other", "id-at-home"] {
            let body = #"{"service":{"appId":"shop","serviceName":"cart","version":"1.0.0","serviceId":"\#(id)"}}"#
            let answer = try await world.atFront.ask("POST", "/v4/default/registry/microservices", body: body)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["serviceId"] == .string(id))
        }
        await world.end()
    }

    @Test("a microservice of a source that takes no writes cannot be unregistered, and is not copied for it")
    func removal() async throws {
        let world = try await World(writable: false) { _, other in try await Self.register("id-at-other", other) }
        let answer = try await world.atFront.ask("DELETE", "/v4/default/registry/microservices/id-at-other")
        #expect(answer.status == 403)
        #expect(try await world.atHome.ask("GET", "/v4/default/registry/microservices/id-at-other").status == 400)
        await world.end()
    }
}

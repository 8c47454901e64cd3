import Federation
import Registry
import TestSupport
import Testing
import Topology

/// A home that is seen through a lens: what is written under the names that are seen arrives under its own.
@Suite("Through a lens")
struct LensedHomeTests {
    private struct World {
        let far: LiveRegistry
        let front: LiveRegistry

        init() async throws {
            far = try await Upstreams.embedded("far")
            front = try await LiveRegistry.start(
                Topology.parse(
                    """
                    home: far
                    sources:
                      - name: far
                        plugin: servicecenter
                        include: [{application: shop}]
                        exclude: [{name: "hidden*"}, {tag: {stage: internal}}]
                        rename:
                          domain: {default: north}
                          application: {shop: store}
                          environment: {production: ""}
                        rewrite: [{from: one, to: "gate:8443"}]
                        datacenter: {name: dc, region: r, availableZone: az}
                        settings: {endpoints: ["http://\(far.address)"], interval: 1h}
                    """, file: "front"))
        }

        /// Asks in the domain `north` of the front.
        func ask(
            _ method: String, _ path: String, _ body: String = "", domain: String = "north"
        ) async throws -> LiveRegistry.Answer {
            try await front.ask(
                method, "/v4/default/registry" + path, headers: ["X-Domain-Name": domain],
                body: body.isEmpty ? nil : Array(body.utf8))
        }

        func register(_ name: String, application: String = "store") async throws -> LiveRegistry.Answer {
            try await ask(
                "POST", "/microservices",
                #"{"service":{"appId":"\#(application)","serviceName":"\#(name)","version":"1.0.0"}}"#)
        }

        func end() async {
            await front.stop()
            await far.stop()
        }
    }

    @Test("what is written is at the home under its own names, and in the next read under those that are seen")
    func writes() async throws {
        let world = try await World()
        let id = try #require(try await world.register("cart").json?["serviceId"]?.text)
        let path = "/microservices/\(id)"
        let atHome = try await world.far.ask("GET", "/v4/default/registry" + path).json?["service"]
        #expect(atHome?["appId"] == .string("shop") && atHome?["environment"] == .string("production"))
        let here = try await world.ask("GET", path).json?["service"]
        #expect(here?["appId"] == .string("store") && here?["environment"] == .string(""))
        let instance = #"{"instance":{"hostName":"one","endpoints":["rest://one:80?a=b"]}}"#
        let started = try await world.ask("POST", path + "/instances", instance)
        let instanceID = try #require(started.json?["instanceId"]?.text)
        let find = "/instances?appId=store&serviceName=cart&version=0%2B"
        let found = try await world.ask("GET", find).json?["instances"]?.elements.first
        #expect(found?["endpoints"]?.elements == [.string("rest://gate:8443?a=b")])
        #expect(found?["dataCenterInfo"]?["name"] == .string("dc"))
        let set = #"{"instances":[{"serviceId":"\#(id)","instanceId":"\#(instanceID)"}]}"#
        #expect(try await world.ask("PUT", "/heartbeats", set).status == 200)
        #expect(try await world.ask("PUT", path + "/instances/\(instanceID)/heartbeat").status == 200)
        #expect(try await world.ask("PUT", path + "/instances/\(instanceID)/status?value=DOWN").status == 200)
        #expect(try await world.ask("GET", find).text.contains(#""status":"DOWN""#))
        #expect(try await world.ask("PUT", path + "/schemas/api", #"{"schema":"text","summary":"s"}"#).status == 200)
        #expect(try await world.ask("GET", path + "/schemas/api").json?["schema"] == .string("text"))
        let web = try #require(try await world.register("web").json?["serviceId"]?.text)
        func key(_ name: String) -> String { #"{"appId":"store","serviceName":"\#(name)","version":"1.0.0"}"# }
        let rule = #"{"dependencies":[{"consumer":\#(key("web")),"providers":[\#(key("cart"))]}]}"#
        #expect(try await world.ask("PUT", "/dependencies", rule).status == 200)
        #expect(try await world.ask("GET", "/microservices/\(web)/providers").text.contains("cart"))
        #expect(
            try await world.far.ask("GET", "/v4/default/registry/microservices/\(web)/providers").text.contains("cart"))
        await world.end()
    }

    @Test("a microservice whose tags hide it goes with its instances, and is refused as if it was not there")
    func hidden() async throws {
        let world = try await World()
        let id = try #require(try await world.register("cart").json?["serviceId"]?.text)
        let path = "/microservices/\(id)"
        _ = try await world.ask("POST", path + "/instances", #"{"instance":{"hostName":"one","endpoints":[]}}"#)
        #expect(try await world.ask("POST", path + "/tags", #"{"tags":{"stage":"internal"}}"#).status == 200)
        #expect(try await world.ask("GET", path).status == 400)
        #expect(world.front.federation.registry.view.tables.instanceCount == 0)
        #expect(try await world.ask("DELETE", path + "?force=1").json?["errorCode"] == .string("400012"))
        let untagged = try await world.far.ask("DELETE", "/v4/default/registry\(path)/tags/stage")
        #expect(untagged.status == 200)
        await world.front.federation.refresh(.init("far"))
        #expect(try await world.ask("GET", path).status == 200)
        #expect(world.front.federation.registry.view.tables.instanceCount == 1)
        await world.end()
    }

    @Test("what could not be seen is not written, and the answer names the key that decides it")
    func refusals() async throws {
        let world = try await World()
        let refused = [("hidden-1", "store", "exclude"), ("a", "bank", "include"), ("b", "shop", "rename")]
        for (name, application, key) in refused {
            let answer = try await world.register(name, application: application)
            #expect(answer.json?["errorCode"] == .string("403001"), "\(name)")
            #expect(answer.text.contains(key), "\(name): \(answer.text)")
        }
        let body = #"{"service":{"appId":"store","serviceName":"c","version":"1.0.0"}}"#
        let answer = try await world.ask("POST", "/microservices", body, domain: "default")
        #expect(answer.status == 403 && answer.text.contains("'default/default'"))
        #expect(world.far.federation.registry.view.tables.microserviceCount == 1)
        await world.end()
    }

    @Test("an embedded registry with a datacenter takes writes as ever, and its instances get that datacenter")
    func datacenter() async throws {
        let registry = try await LiveRegistry.start(
            Topology.parse(
                """
                home: a
                sources:
                  - name: a
                    plugin: local
                    datacenter: {name: dc, region: r, availableZone: az}
                """, file: "t.yaml"))
        let client = RegistryClient("\(registry.address)", registry.client)
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)
        let found = try await client.find("cart").json?["instances"]?.elements.first
        #expect(found?["dataCenterInfo"]?["availableZone"] == .string("az"))
        let path = "/v4/default/registry/microservices/\(cart)"
        #expect(try await client.ask("PUT", path + "/instances/\(instance)/heartbeat").status == 200)
        #expect(try await client.ask("PUT", path + "/schemas/s", body: #"{"schema":"x","summary":"y"}"#).status == 200)
        #expect(try await client.ask("GET", path + "/schemas/s").json?["schema"] == .string("x"))
        try await client.stop(instance, of: cart)
        #expect(try await client.hosts(of: "cart") == [])
        await registry.stop()
    }

    @Test("an embedded registry has no lens: the error names the key's line")
    func embedded() async throws {
        let topology = try Topology.parse(
            "home: a\nsources:\n  - name: a\n    plugin: local\n    rename: {domain: {b: c}}\n", file: "t.yaml")
        let error = await #expect(throws: TopologyError.self) { try await LiveRegistry.start(topology) }
        #expect(error?.line == 5 && error?.problem.contains("'rename' is for upstreams") == true)
    }
}

import Federation
import Registry
import TestSupport
import Testing
import Topology

/// A home that is another registry: here a Mainstem with an embedded one, read by its dump and written by its API.
@Suite struct ForwardingTests {
    /// The far registry, the front over it, and a client of each.
    private struct World {
        let far: LiveRegistry
        let front: LiveRegistry
        var atFar: RegistryClient { RegistryClient("\(far.address)", far.client) }
        var atFront: RegistryClient { RegistryClient("\(front.address)", front.client) }

        init(observe: String = "auto") async throws {
            far = try await LiveRegistry.start(
                Topology.parse("home: far\nsources:\n  - name: far\n    plugin: local\n", file: "far"))
            // Read so seldom that what is seen in time was seen because of the write.
            front = try await LiveRegistry.start(
                Topology.parse(
                    """
                    home: far
                    sources:
                      - name: far
                        plugin: servicecenter
                        settings: {endpoints: ["http://\(far.address)"], interval: 1h, observe: \(observe)}
                    """, file: "front"))
        }

        func end() async {
            await front.stop()
            await far.stop()
        }
    }

    @Test("what is written through the front is at the home, and in the very next read and watch at the front")
    func readYourWrites() async throws {
        let world = try await World()
        let (web, cart) = (try await world.atFront.register("web"), try await world.atFront.register("cart"))
        #expect(try await world.atFront.hosts(of: "cart", consumer: web) == [])
        let watch = try await WatchRecorder.open("\(world.front.address)", consumer: web)
        let instance = try await world.atFront.start("one", of: cart)
        #expect(try await world.atFront.hosts(of: "cart") == ["one"])
        #expect(try await world.atFar.hosts(of: "cart") == ["one"])
        try await watch.expect(["CREATE far one"])
        let path = "/v4/default/registry/microservices/\(cart)/instances/\(instance)"
        #expect(try await world.atFront.ask("PUT", path + "/heartbeat").status == 200)
        #expect(try await world.atFront.ask("PUT", path + "/status?value=DOWN").status == 200)
        #expect(try await world.atFront.ask("GET", path).text.contains(#""status":"DOWN""#))
        try await world.atFront.stop(instance, of: cart)
        #expect(try await world.atFront.hosts(of: "cart") == [])
        try await watch.expect(["CREATE far one", "UPDATE far one", "DELETE far one"])
        await watch.close()
        await world.end()
    }

    @Test("the journal calls what was written through us written")
    func cause() async throws {
        let world = try await World(observe: "off")
        let cart = try await world.atFront.register("cart")
        let instance = try await world.atFront.start("one", of: cart)
        try await eventually("the journal has it") {
            let journal = try await world.atFront.ask("GET", "/mainstem/v1/journal?instance=\(instance)").text
            return journal.contains(#""cause":"write""#) && !journal.contains(#""cause":"told""#)
        }
        await world.end()
    }

    @Test("a write costs the home one look-up of what it changed, and no other dump")
    func echo() async throws {
        let world = try await World()
        func dumps() async throws -> Int {
            let metrics = try await world.atFar.ask("GET", "/metrics").text
            let samples = metrics.matches(of: /mainstem_http_requests_total\{[^}]*route="Dump"[^}]*\} (\d+)/)
            return samples.reduce(0) { $0 + (Int($1.1) ?? 0) }
        }
        // One at the beginning, and one when the home is observed.
        try await eventually("the home is observed") { try await dumps() == 2 }
        let before = try await dumps()
        let cart = try await world.atFront.register("cart")
        for number in 0..<10 {
            let instance = try await world.atFront.start("h\(number)", of: cart)
            let path = "/v4/default/registry/microservices/\(cart)/instances/\(instance)"
            #expect(try await world.atFront.ask("PUT", path + "/status?value=DOWN").status == 200)
            #expect(try await world.atFront.ask("GET", path).text.contains(#""status":"DOWN""#))
            let properties = #"{"properties":{"n":"\#(number)"}}"#
            #expect(try await world.atFront.ask("PUT", path + "/properties", body: properties).status == 200)
            #expect(try await world.atFront.ask("GET", path).text.contains(#""n":"\#(number)""#))
            if number % 2 == 0 { try await world.atFront.stop(instance, of: cart) }
        }
        #expect(try await world.atFront.instanceIDs(of: cart).count == 5)
        #expect(try await dumps() == before)
        // The next dump finds nothing that was not told.
        let revision = world.front.federation.registry.view.revision
        await world.front.federation.refresh(.init("far"))
        #expect(world.front.federation.registry.view.revision == revision)
        await world.end()
    }

    @Test("a refusal of the home is given as it came")
    func refusals() async throws {
        let world = try await World()
        let path = "/v4/default/registry/microservices/nope/instances/nope/heartbeat"
        let (far, front) = (try await world.atFar.ask("PUT", path), try await world.atFront.ask("PUT", path))
        #expect(front.status == 400)
        #expect(front.text == far.text)
        let bad = #"{"service":{"appId":"x","serviceName":"y!"}}"#
        let refused = try await world.atFront.ask("POST", "/v4/default/registry/microservices", body: bad)
        #expect(refused.text.contains("field 'MicroService.ServiceName' invalid value 'y!'"))
        await world.end()
    }

    @Test("schemas and tags go through, and are read back")
    func attachments() async throws {
        let world = try await World()
        let path = "/v4/default/registry/microservices/\(try await world.atFront.register("cart"))"
        let schema = #"{"schema":"swagger","summary":"s1"}"#
        #expect(try await world.atFront.ask("PUT", path + "/schemas/cart.api", body: schema).status == 200)
        #expect(try await world.atFront.ask("GET", path + "/schemas/cart.api").text == #"{"schema":"swagger"}"#)
        #expect(try await world.atFront.ask("POST", path + "/tags", body: #"{"tags":{"a":"b"}}"#).status == 200)
        #expect(try await world.atFront.ask("GET", path + "/tags").text == #"{"tags":{"a":"b"}}"#)
        await world.end()
    }

    @Test("a home that is away is told as such, and what it held is still served")
    func away() async throws {
        let world = try await World()
        let cart = try await world.atFront.register("cart")
        _ = try await world.atFront.start("one", of: cart)
        await world.far.stop()
        let refused = try await world.atFront.ask(
            "POST", "/v4/default/registry/microservices/\(cart)/instances", body: #"{"instance":{"hostName":"h"}}"#)
        #expect(refused.status == 500)
        #expect(refused.text.contains(#""errorCode":"500011""#))
        #expect(try await world.atFront.hosts(of: "cart") == ["one"])
        await world.front.stop()
    }

    @Test("many registrations at once are all visible when they are answered")
    func many() async throws {
        let world = try await World()
        let cart = try await world.atFront.register("cart")
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    let host = "host-\(number)"
                    _ = try await world.atFront.start(host, of: cart)
                    let found = try await world.atFront.hosts(of: "cart") ?? []
                    #expect(found.contains(host))
                }
            }
            try await group.waitForAll()
        }
        await world.end()
    }
}

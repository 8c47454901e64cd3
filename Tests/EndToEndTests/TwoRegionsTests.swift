import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// Two regional registries and an aggregator, each the real binary in a process of its own.
@Suite(.serialized)
struct TwoRegionsTests {
    /// The processes and a client of each.
    private struct World {
        let transfers = HTTPTransfers()
        var north: MainstemProcess
        var south: MainstemProcess
        var front: MainstemProcess
        var addresses: (north: String, south: String, front: String)

        init() async throws {
            north = try MainstemProcess(["serve", try Region.topology("north"), "--listen", "127.0.0.1:0"])
            south = try MainstemProcess(["serve", try Region.topology("south"), "--listen", "127.0.0.1:0"])
            let (first, second) = (try await north.address(), try await south.address())
            front = try MainstemProcess([
                "serve", "--sources", "north=http://\(first),south=http://\(second)", "--interval", "100ms",
                "--listen", "127.0.0.1:0",
            ])
            addresses = (first, second, try await front.address())
        }

        func client(_ address: String) -> RegistryClient { RegistryClient(address, transfers) }
        var inNorth: RegistryClient { client(addresses.north) }
        var inSouth: RegistryClient { client(addresses.south) }
        var atFront: RegistryClient { client(addresses.front) }

        func end() async throws {
            for process in [front, north, south] { process.signal(SIGTERM) }
            for process in [front, north, south] { #expect(try await process.ended() == 0) }
            transfers.shutdown()
        }
    }

    /// A region's topology file: one embedded registry that takes the writes.
    private enum Region {
        static func topology(_ name: String) throws -> String {
            let file = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID()).yaml")
            let text = "home: \(name)\nsources:\n  - name: \(name)\n    plugin: local\n"
            try Data(text.utf8).write(to: file)
            return file.path()
        }
    }

    @Test("what is registered in either region is found at the front, and gone when it is gone there")
    func union() async throws {
        let world = try await World()
        let cart = try await world.inNorth.register("cart")
        #expect(try await world.inSouth.register("cart") == cart)
        let first = try await world.inNorth.start("cart-n", of: cart)
        _ = try await world.inSouth.start("cart-s", of: cart)
        try await eventually("both are found") { try await world.atFront.hosts(of: "cart") == ["cart-n", "cart-s"] }
        try await world.inNorth.stop(first, of: cart)
        try await eventually("one is left") { try await world.atFront.hosts(of: "cart") == ["cart-s"] }
        try await world.end()
    }

    @Test("a consumer hears of its providers in every region, with their source, and again after a reconnect")
    func watch() async throws {
        let world = try await World()
        let web = try await world.inNorth.register("web")
        let cart = try await world.inSouth.register("cart")
        try await eventually("cart is known") { try await world.atFront.hosts(of: "cart") == [] }
        #expect(try await world.atFront.find("cart", consumer: web).status == 200)
        let watch = try await WatchRecorder.open(world.addresses.front, consumer: web)
        let instance = try await world.inSouth.start("cart-s", of: cart)
        try await watch.expect(["CREATE south cart-s"])
        await watch.close()
        let again = try await WatchRecorder.open(world.addresses.front, consumer: web)
        // Nobody knows whether it read that before it closed: it is told what is, and nothing is created twice.
        try await again.expect(["UPDATE south cart-s"])
        let path = "/v4/default/registry/microservices/\(cart)/instances/\(instance)"
        _ = try await world.inSouth.ask("PUT", path + "/status?value=DOWN")
        try await again.expect(["UPDATE south cart-s", "UPDATE south cart-s"])
        try await world.inSouth.stop(instance, of: cart)
        try await again.expect(["UPDATE south cart-s", "UPDATE south cart-s", "DELETE south cart-s"])
        await again.close()
        try await world.end()
    }

    @Test("a region that is killed keeps its instances at the front, marked as stale, and the other one stays live")
    func killed() async throws {
        let world = try await World()
        let cart = try await world.inNorth.register("cart")
        _ = try await world.inNorth.start("cart-n", of: cart)
        try await eventually("it is found") { try await world.atFront.hosts(of: "cart") == ["cart-n"] }
        world.north.signal(SIGKILL)
        try await eventually("north is stale") {
            try await world.atFront.ask("GET", "/mainstem/v1/sources").text.contains("stale")
        }
        let orders = try await world.inSouth.register("orders")
        _ = try await world.inSouth.start("orders-s", of: orders)
        try await eventually("south is live") { try await world.atFront.hosts(of: "orders") == ["orders-s"] }
        #expect(try await world.atFront.hosts(of: "cart") == ["cart-n"])
        let metrics = try await world.atFront.ask("GET", "/metrics").text
        #expect(metrics.contains(#"mainstem_source_up{source="north"} 0"#))
        #expect(metrics.contains(#"mainstem_source_up{source="south"} 1"#))
        for process in [world.front, world.south] { process.signal(SIGTERM) }
        #expect(try await world.front.ended() == 0)
        world.transfers.shutdown()
    }

    @Test("a region that is stopped, so that it accepts but never answers, holds nobody up")
    func stopped() async throws {
        let world = try await World()
        let cart = try await world.inNorth.register("cart")
        _ = try await world.inNorth.start("cart-n", of: cart)
        try await eventually("it is found") { try await world.atFront.hosts(of: "cart") == ["cart-n"] }
        world.north.signal(SIGSTOP)
        let orders = try await world.inSouth.register("orders")
        let begun = ContinuousClock.now
        _ = try await world.inSouth.start("orders-s", of: orders)
        try await eventually("south is live") { try await world.atFront.hosts(of: "orders") == ["orders-s"] }
        // Far below the ten seconds that the source may take; the machine may be slow.
        #expect(ContinuousClock.now - begun < .seconds(5))
        #expect(try await world.atFront.hosts(of: "cart") == ["cart-n"])
        world.north.signal(SIGCONT)
        try await world.end()
    }

    @Test("an aggregator stands on an aggregator")
    func nested() async throws {
        let world = try await World()
        let cart = try await world.inNorth.register("cart")
        _ = try await world.inNorth.start("cart-n", of: cart)
        let top = try MainstemProcess([
            "serve", "--sources", "hub=http://\(world.addresses.front)", "--interval", "100ms", "--listen",
            "127.0.0.1:0",
        ])
        let client = world.client(try await top.address())
        try await eventually("it is found at the top") { try await client.hosts(of: "cart") == ["cart-n"] }
        let shown = try await client.find("cart", more: "&options=cluster").text
        #expect(shown.contains(#""cluster":"hub""#))
        top.signal(SIGTERM)
        #expect(try await top.ended() == 0)
        try await world.end()
    }

    @Test("an instance whose heartbeats stop leaves by itself after its lease")
    func lease() async throws {
        let world = try await World()
        let cart = try await world.inNorth.register("cart")
        _ = try await world.inNorth.start("short", of: cart, lease: (interval: 1, times: 0))
        _ = try await world.inNorth.start("long", of: cart)
        try await eventually("the short one is gone") { try await world.atFront.hosts(of: "cart") == ["long"] }
        try await world.end()
    }
}

import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// What consumers hear when a region fails, with the real binaries: nothing that is not so.
@Suite(.serialized)
struct FailingRegionTests {
    /// Two regions and a front that reads and observes both.
    private struct World {
        let transfers = HTTPTransfers()
        let directory: TemporaryDirectory
        let (north, south, front): (MainstemProcess, MainstemProcess, MainstemProcess)
        let (northAddress, frontAddress): (String, String)
        let (inNorth, inSouth, atFront): (RegistryClient, RegistryClient, RegistryClient)

        init() async throws {
            directory = try TemporaryDirectory()
            north = try World.region("north", directory.path + "/north")
            south = try World.region("south", directory.path + "/south")
            northAddress = try await north.address()
            let southAddress = try await south.address()
            front = try MainstemProcess([
                "serve", "--sources", "north=http://\(northAddress),south=http://\(southAddress)", "--interval",
                "100ms", "--listen", "127.0.0.1:0",
            ])
            frontAddress = try await front.address()
            inNorth = RegistryClient(northAddress, transfers)
            inSouth = RegistryClient(southAddress, transfers)
            atFront = RegistryClient(frontAddress, transfers)
        }

        static func region(_ name: String, _ state: String, listen: String = "127.0.0.1:0") throws -> MainstemProcess {
            try MainstemProcess(["serve", "--local", name, "--state", state, "--listen", listen])
        }

        /// Two instances of each of three microservices in the north, one of a fourth in the south, and a consumer of
        /// all of them that watches at the front.
        func watched() async throws -> (watch: WatchRecorder, orders: String) {
            let web = try await inSouth.register("web")
            let orders = try await inSouth.register("orders")
            _ = try await inSouth.start("orders-0", of: orders)
            for name in Self.northern {
                let service = try await inNorth.register(name)
                for number in 0..<2 { _ = try await inNorth.start("\(name)-\(number)", of: service) }
            }
            for (name, hosts) in Self.hosts + [("orders", ["orders-0"])] {
                try await eventually("\(name) is known") {
                    try await atFront.hosts(of: name, consumer: web) == hosts
                }
            }
            return (try await WatchRecorder.open(frontAddress, consumer: web), orders)
        }

        static let northern = ["cart", "stock", "mail"]
        static var hosts: [(String, [String])] { northern.map { ($0, ["\($0)-0", "\($0)-1"]) } }

        func expectNorthern() async throws {
            for (name, hosts) in Self.hosts { #expect(try await atFront.hosts(of: name) == hosts) }
        }

        func stale() async throws {
            try await eventually("a source is stale") {
                try await atFront.ask("GET", "/mainstem/v1/sources").text.contains(#""state":"stale""#)
            }
        }

        func end(_ processes: MainstemProcess...) async throws {
            for process in processes { process.signal(SIGTERM) }
            for process in processes { #expect(try await process.ended() == 0) }
            transfers.shutdown()
        }
    }

    @Test("a region that is killed keeps its instances; its watchers hear of the other region, and of nothing else")
    func killed() async throws {
        let world = try await World()
        let (watch, orders) = try await world.watched()
        world.north.signal(SIGKILL)
        _ = try await world.north.ended()
        try await world.stale()
        _ = try await world.inSouth.start("orders-1", of: orders)
        try await watch.expect(["CREATE south orders-1"])
        try await world.expectNorthern()
        await watch.close()
        try await world.end(world.front, world.south)
    }

    @Test("a region that is stopped holds nobody up, and nothing is told twice when it goes on")
    func stopped() async throws {
        let world = try await World()
        let (watch, orders) = try await world.watched()
        world.north.signal(SIGSTOP)
        let instance = try await world.inSouth.start("orders-1", of: orders)
        try await watch.expect(["CREATE south orders-1"])
        try await world.expectNorthern()
        world.north.signal(SIGCONT)
        let cart = try await world.inNorth.register("cart")
        _ = try await world.inNorth.start("cart-2", of: cart)
        try await watch.expect(["CREATE south orders-1", "CREATE north cart-2"])
        try await world.inSouth.stop(instance, of: orders)
        try await watch.expect(["CREATE south orders-1", "CREATE north cart-2", "DELETE south orders-1"])
        await watch.close()
        try await world.end(world.front, world.north, world.south)
    }

    @Test("a region that comes back with an empty store is not believed until an operator says so")
    func empty() async throws {
        let world = try await World()
        let (watch, orders) = try await world.watched()
        world.north.signal(SIGKILL)
        _ = try await world.north.ended()
        try await world.stale()
        let empty = try World.region("north", world.directory.path + "/rebuilt", listen: world.northAddress)
        var held: JSONValue?
        try await eventually("what is gone is held") {
            held = try await world.atFront.ask("GET", "/mainstem/v1/quarantine").json?["quarantine"]?.elements.first
            return held != nil
        }
        #expect(held?["source"]?.text == "north")
        // Its own microservice is there.
        #expect(held?["reason"]?.text == "mass_withdrawal")
        #expect(held?["instances"]?.number == 6)
        try await world.expectNorthern()
        _ = try await world.inSouth.start("orders-1", of: orders)
        try await watch.expect(["CREATE south orders-1"])
        let released = try await world.atFront.ask("DELETE", "/mainstem/v1/quarantine/north")
        #expect(released.text == #"{"releasedInstances":6}"#)
        try await eventually("they are gone: \(watch.events)") { watch.events.count == 7 }
        #expect(watch.events.dropFirst().allSatisfy { $0.hasPrefix("DELETE north ") })
        for name in World.northern { #expect(try await world.atFront.hosts(of: name) == nil) }
        await watch.close()
        try await world.end(world.front, empty, world.south)
    }
}

import API
import Discovery
import Registry
import TestSupport
import Testing

/// What becomes of watchers that read nothing, and of those that come back, over real sockets.
@Suite struct WatcherFateTests {
    private static func start(
        _ limits: APILimits = .forTests, logCapacity: Int = 1 << 16
    ) async throws -> (registry: LiveRegistry, client: RegistryClient) {
        let source = LocalSource(id: SourceID("home"), settings: .roomy, clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source, limits: limits, logCapacity: logCapacity)
        return (registry, RegistryClient("\(registry.address)", registry.client))
    }

    /// Changes an instance so often that the sockets' buffers cannot hold it.
    private static func flood(
        _ client: RegistryClient, _ service: String, _ instance: String, numbers: Range<Int> = 0..<400
    ) async throws {
        let padding = String(repeating: "x", count: 40_000)
        let path = "/v4/default/registry/microservices/\(service)/instances/\(instance)/properties"
        for number in numbers {
            let body = #"{"properties":{"n":"\#(number)","padding":"\#(padding)"}}"#
            #expect(try await client.ask("PUT", path, body: body).status == 200)
        }
    }

    @Test("a watcher that takes no byte for too long is ended and counted, and the others go on")
    func stalled() async throws {
        var limits = APILimits.forTests
        limits.watchStall = .seconds(1)
        let (registry, client) = try await Self.start(limits)
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)
        let silent = try await RawWatcher.open(registry.address)
        let reader = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
        try await Self.flood(client, cart, instance)
        try await eventually("it is ended") { registry.services.watches.snapshot.stalled == 1 }
        try await eventually("the other one has everything") { reader.texts.count >= 402 }
        #expect(try await client.ask("GET", "/metrics").text.contains("mainstem_watch_stalled_total 1"))
        _ = try await silent.rest()
        await reader.close()
        await registry.stop()
    }

    @Test("a consumer's watcher that the log leaves behind is told what is gone and what is there")
    func leftBehind() async throws {
        let (registry, client) = try await Self.start(logCapacity: 16)
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        let gone = try await client.start("gone", of: cart)
        let instance = try await client.start("one", of: cart)
        let slow = try await RawWatcher.open(
            registry.address, path: "/v4/default/registry/microservices/\(web)/watcher")
        try await Self.flood(client, cart, instance)
        try await client.stop(gone, of: cart)
        try await Self.flood(client, cart, instance, numbers: 400..<440)
        let told = try await slow.texts { $0.contains(#""n":"439""#) }
        let endings = told.filter { $0.contains(#""action":"DELETE""#) }
        #expect(endings.count == 1)
        #expect(endings.first?.contains(#""hostName":"gone""#) ?? false)
        #expect(told.count < 440)
        #expect(registry.services.watches.snapshot.resynced >= 1)
        await registry.stop()
    }

    @Test("a consumer that comes back hears what it missed as UPDATE and DELETE, each instance once")
    func comesBack() async throws {
        let (registry, client) = try await Self.start()
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        let first = try await WatchRecorder.open("\(registry.address)", consumer: web)
        let old = try await client.start("old", of: cart)
        try await first.expect(["CREATE home old"])
        await first.close()
        try await eventually("it has left") { registry.services.watches.snapshot.consumers.isEmpty }
        let new = try await client.start("new", of: cart)
        let path = "/v4/default/registry/microservices/\(cart)/instances/\(new)/status?value=DOWN"
        #expect(try await client.ask("PUT", path).status == 200)
        try await client.stop(old, of: cart)
        let second = try await WatchRecorder.open("\(registry.address)", consumer: web)
        try await second.expect(["UPDATE home new", "DELETE home old"])
        await second.close()
        await registry.stop()
    }

    @Test("a consumer that comes back before the end of its dead connection is seen hears what went into that")
    func comesBackEarly() async throws {
        let (registry, client) = try await Self.start()
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        // Its client reads nothing, and gives no sign of life.
        let dead = try await RawWatcher.open(
            registry.address, path: "/v4/default/registry/microservices/\(web)/watcher")
        let gone = try await client.start("gone", of: cart)
        _ = try await client.start("one", of: cart)
        try await client.stop(gone, of: cart)
        let again = try await WatchRecorder.open("\(registry.address)", consumer: web)
        try await again.expect(["UPDATE home one", "DELETE home gone"])
        await again.close()
        await registry.stop()
        _ = try await dead.rest()
    }

    @Test("who has never watched before hears only what happens from now on")
    func newcomer() async throws {
        let (registry, client) = try await Self.start()
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        _ = try await client.start("one", of: cart)
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        _ = try await client.start("two", of: cart)
        try await watch.expect(["CREATE home two"])
        await watch.close()
        await registry.stop()
    }
}

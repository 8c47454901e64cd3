import API
import Discovery
import Registry
import TestSupport
import Testing
import Topology

/// A watch over real sockets, of registries in the test's process.
@Suite struct WatchTests {
    /// A registry whose only source is its home.
    private static func start() async throws -> (registry: LiveRegistry, client: RegistryClient) {
        let source = LocalSource(id: SourceID("home"), settings: .roomy, clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        return (registry, RegistryClient("\(registry.address)", registry.client))
    }

    @Test("a write is in the next read, and its event carries what the read shows")
    func readYourWrites() async throws {
        let (registry, client) = try await WatchTests.start()
        let web = try await client.register("web")
        let cart = try await client.register("cart")
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        let instance = try await client.start("one", of: cart)
        #expect(try await client.hosts(of: "cart") == ["one"])
        try await watch.expect(["CREATE home one"])
        try await client.stop(instance, of: cart)
        #expect(try await client.hosts(of: "cart") == [])
        try await watch.expect(["CREATE home one", "DELETE home one"])
        await watch.close()
        await registry.stop()
    }

    @Test(
        "a consumer hears nothing of what it never looked up, nor of versions that it did not ask for"
    )
    func onlyProviders() async throws {
        let (registry, client) = try await WatchTests.start()
        let web = try await client.register("web")
        let (first, second) = (
            try await client.register("cart", version: "1.0.0"), try await client.register("cart", version: "2.0.0")
        )
        let other = try await client.register("orders")
        #expect(try await client.hosts(of: "cart", version: "latest", consumer: web) == [])
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        _ = try await client.start("orders", of: other)
        _ = try await client.start("old", of: first)
        _ = try await client.start("new", of: second)
        try await watch.expect(["CREATE home new"])
        await watch.close()
        await registry.stop()
    }

    @Test("a relation that is made while the watch is open counts at once")
    func lateRelation() async throws {
        let (registry, client) = try await WatchTests.start()
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        _ = try await client.start("one", of: cart)
        try await watch.expect(["CREATE home one"])
        await watch.close()
        await registry.stop()
    }

    @Test("an unknown consumer is told so in one frame, and the connection ends without a close frame")
    func unknownConsumer() async throws {
        let (registry, _) = try await WatchTests.start()
        let path = "/v4/default/registry/microservices/nobody/watcher"
        let watch = try await RawWatcher.open(registry.address, path: path)
        let rest = try await watch.rest()
        #expect(rest == [0x81, 22] + Array("service does not exist".utf8))
        await registry.stop()
    }

    @Test("a watcher of everything hears every source, and is told goodbye when the server stops")
    func everything() async throws {
        let (registry, client) = try await WatchTests.start()
        let watch = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
        let cart = try await client.register("cart")
        _ = try await client.start("one", of: cart)
        try await watch.expect(["CREATE home one"])
        await registry.stop()
        try await eventually("it ends") { watch.end != nil }
        #expect(watch.end == "the server closed the connection with code 1001")
    }

    @Test("a watch without an upgrade is refused in service-center's form, and too many watchers get 503")
    func refusals() async throws {
        let source = LocalSource(id: SourceID("home"), settings: .roomy, clock: SystemTimekeeper())
        var limits = APILimits.forTests
        limits.watchers = 1
        let registry = try await LiveRegistry.start([source], home: source, limits: limits)
        let client = RegistryClient("\(registry.address)", registry.client)
        let plain = try await client.ask("GET", "/v4/default/registry/microservices/x/watcher")
        #expect(plain.status == 400)
        #expect(plain.text.contains(#""errorCode":"400001""#))
        let watch = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
        let second = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
        try await eventually("the second one is refused") { second.end != nil }
        #expect(try await client.ask("GET", "/mainstem/v1/watch").status == 503)
        await watch.close()
        await registry.stop()
    }

    @Test("a watcher that does not read for a while gets every event in order when it reads again")
    func slowReader() async throws {
        let (registry, client) = try await WatchTests.start()
        let cart = try await client.register("cart")
        let instance = try await client.start("one", of: cart)
        let slow = try await RawWatcher.open(registry.address)
        // More than the sockets' buffers hold: the connection must fall behind.
        let padding = String(repeating: "x", count: 40_000)
        let count = 400
        for number in 0..<count {
            let path = "/v4/default/registry/microservices/\(cart)/instances/\(instance)/properties"
            let body = #"{"properties":{"n":"\#(number)","padding":"\#(padding)"}}"#
            #expect(try await client.ask("PUT", path, body: body).status == 200)
        }
        let numbers = try await slow.numbers(count)
        #expect(numbers == Array(0..<count))
        await registry.stop()
    }
}

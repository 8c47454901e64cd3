import Discovery
import Federation
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import API

/// What a consumer hears of a provider that it depends on no longer.
@Suite struct FormerProviderTests {
    private let federation = FederationService(
        sources: [], epoch: 1, logCapacity: 8, clock: SystemTimekeeper(), logger: Logger(label: "test"))
    private let source = SourceID("a")
    private let loop = EmbeddedEventLoop()
    private let consumer = FormerProviderTests.key("web")

    private static func key(_ name: String) -> MicroserviceKey {
        MicroserviceKey(
            name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: name),
            version: "1.0.0")
    }

    private func rule(for provider: String) -> DependencyRule {
        DependencyRule(
            consumer: consumer, providers: [ProviderRule(name: Self.key(provider).name, version: "0+")], body: [],
            upstreamRevision: 1)
    }

    private func instance(_ id: String) -> Instance {
        var record = InstanceRecord()
        (record.id, record.serviceID, record.hostName, record.status) = (id, "cart", id, "UP")
        return record.instance(in: .default, upstreamRevision: 1)
    }

    /// Lets the consumer depend on a provider with two instances, and watch.
    private func begin() throws -> (hub: WatchHub, channel: EmbeddedChannel) {
        var delta = try RegistryDelta(microservicesOfShop: ["web", "cart", "stock"])
        delta.instances = [instance("i1"), instance("i2")]
        delta.dependencies = [rule(for: "cart")]
        federation.registry.apply(delta, from: source)
        let services = Services(federation: federation, limits: LimitsInForce(.forTests))
        let hub = WatchHub(services: services, eventLoop: loop)
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let outlet = FrameOutlet()
        try channel.pipeline.syncOperations.addHandlers([outlet, CloseCodec()])
        try channel.pipeline.syncOperations.addHandler(
            WatchConnection(
                .consumer(consumer), from: federation.registry.view.revision, hub: hub, outlet: outlet, now: hub.uptime)
        )
        return (hub, channel)
    }

    private func heard(_ channel: EmbeddedChannel, _ hub: WatchHub) throws -> [String] {
        hub.run()
        loop.advanceTime(by: .milliseconds(10))
        return try SentFrames.texts(channel).map { try WatchEvent($0) }.map { "\($0.action) \($0.instanceID)" }.sorted()
    }

    @Test("instances that go in one step with the dependency on them are told as gone, and come back as new ones")
    func together() throws {
        let (hub, channel) = try begin()
        var delta = RegistryDelta()
        delta.removedInstances = [instance("i1").ref, instance("i2").ref]
        delta.removedDependencies = [consumer]
        federation.registry.apply(delta, from: source)
        #expect(try heard(channel, hub) == ["DELETE i1", "DELETE i2"])
        delta = RegistryDelta()
        delta.instances = [instance("i1"), instance("i2")]
        delta.dependencies = [rule(for: "cart")]
        federation.registry.apply(delta, from: source)
        #expect(try heard(channel, hub) == ["CREATE i1", "CREATE i2"])
        _ = try? channel.finish()
    }

    @Test(
        "what its consumer depends on no longer is told when it ends, and nothing else of it", arguments: [true, false])
    func endsOnly(isSlow: Bool) throws {
        let (hub, channel) = try begin()
        if isSlow {
            channel.isWritable = false
            channel.pipeline.fireChannelWritabilityChanged()
        }
        var delta = RegistryDelta()
        delta.dependencies = [rule(for: "stock")]
        federation.registry.apply(delta, from: source)
        hub.run()
        delta = RegistryDelta()
        delta.instances = [instance("i3")]
        delta.removedInstances = [instance("i1").ref]
        federation.registry.apply(delta, from: source)
        hub.run()
        if isSlow {
            channel.isWritable = true
            channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(try heard(channel, hub) == ["DELETE i1"])
        _ = try? channel.finish()
    }

    @Test("a watcher that is told the present state hears what ended of it, and not what is there")
    func resync() throws {
        let (hub, channel) = try begin()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        var delta = RegistryDelta()
        delta.removedInstances = [instance("i1").ref]
        delta.dependencies = [rule(for: "stock")]
        federation.registry.apply(delta, from: source)
        hub.run()
        for number in 0..<20 {
            delta = RegistryDelta()
            delta.instances = [instance("more-\(number)")]
            federation.registry.apply(delta, from: source)
            hub.run()
        }
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try heard(channel, hub) == ["DELETE i1"])
        _ = try? channel.finish()
    }

    @Test("a client whose microservice is gone is told so when it gives a sign of life, and sent away")
    func consumerIsGone() throws {
        let (hub, channel) = try begin()
        var delta = RegistryDelta()
        delta.removedMicroservices = [ServiceRef(tenant: .default, id: ServiceID("web"))]
        federation.registry.apply(delta, from: source)
        hub.run()
        #expect(channel.isActive)
        let mask = WebSocketMaskingKey([1, 2, 3, 4])
        try channel.writeInbound(WebSocketFrame(fin: true, opcode: .ping, maskKey: mask, data: ByteBuffer()))
        #expect(try SentFrames.texts(channel) == [Array("service does not exist".utf8)])
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }
}

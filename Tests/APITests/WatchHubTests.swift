import Discovery
import Federation
import Logging
import NIOCore
import NIOEmbedded
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import API

/// A hub and its connections on an event loop that only moves when it is told to.
@Suite struct WatchHubTests {
    private let federation = FederationService(
        sources: [], epoch: 1, logCapacity: 8, clock: SystemTimekeeper(), logger: Logger(label: "test"))
    private let source = SourceID("a")

    /// Lets one microservice have an instance of this number.
    private func change(_ number: Int) throws {
        var service = MicroserviceRecord()
        (service.id, service.name, service.version, service.application) = ("s", "cart", "1.0.0", "shop")
        var instance = InstanceRecord()
        (instance.id, instance.serviceID, instance.hostName, instance.status) = ("i", "s", "host-\(number)", "UP")
        var delta = RegistryDelta()
        let fields = try JSONReader.read(service.body) { reader throws(JSONError) in
            try MicroserviceFields(from: &reader)
        }
        delta.microservices = [
            fields.microservice(tenant: .default, body: service.body, upstreamRevision: 1, origin: "")
        ]
        delta.instances = [instance.instance(in: .default, upstreamRevision: Int64(number))]
        federation.registry.apply(delta, from: source)
    }

    private func hosts(_ channel: EmbeddedChannel) throws -> [String] {
        try events(channel).map(\.hostName)
    }

    private func events(_ channel: EmbeddedChannel) throws -> [WatchEvent] {
        try SentFrames.texts(channel).map { try WatchEvent($0) }
    }

    private func open(_ hub: WatchHub, from start: Revision) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let outlet = FrameOutlet()
        try channel.pipeline.syncOperations.addHandler(outlet)
        try channel.pipeline.syncOperations.addHandler(
            WatchConnection(
                .scope(WatchScope(), after: .behind(EventCursor(start))), from: start, hub: hub, outlet: outlet,
                now: .zero))
        return channel
    }

    private let loop = EmbeddedEventLoop()

    private func hub() -> WatchHub {
        let limits = LimitsInForce(.forTests)
        return WatchHub(services: Services(federation: federation, limits: limits), eventLoop: loop)
    }

    @Test("what happens between the answer to the upgrade and the watch's place in the hub is heard, once")
    func handshake() throws {
        let hub = hub()
        let promised = federation.registry.view.revision
        try change(1)
        hub.run()
        let channel = try open(hub, from: promised)
        #expect(try hosts(channel) == ["host-1"])
        try change(2)
        hub.run()
        #expect(try hosts(channel) == ["host-2"])
        _ = try? channel.finish()
    }

    private func setWritable(_ isWritable: Bool, _ channel: EmbeddedChannel) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test("what happened before a watch was opened was sent, but not late; what its slowness held up was")
    func lag() throws {
        let hub = hub()
        let promised = federation.registry.view.revision
        try change(1)
        hub.run()
        let channel = try open(hub, from: promised)
        let watches = hub.services.watches
        #expect(watches.snapshot.bySource[source]?.frames == 1)
        #expect(watches.snapshot.bySource[source]?.lag.total == 0)
        #expect(watches.snapshot.bySource[source]?.recentLag.count == 0)
        setWritable(false, channel)
        try change(2)
        hub.run()
        #expect(watches.snapshot.bySource[source]?.lag.total == 0)
        #expect(watches.snapshot.behind == 1)
        setWritable(true, channel)
        loop.advanceTime(by: .milliseconds(10))
        #expect(try hosts(channel) == ["host-1", "host-2"])
        #expect(watches.snapshot.bySource[source]?.lag.total == 1)
        #expect(watches.snapshot.bySource[source]?.frames == 2)
        #expect(watches.snapshot.behind == 0)
        setWritable(false, channel)
        try change(3)
        hub.run()
        #expect(watches.snapshot.behind == 1)
        _ = try? channel.finish()
        #expect(watches.snapshot.behind == 0)
    }

    @Test("what is told from the present state counts as sent, by its source, and not as lag")
    func presentState() throws {
        let hub = hub()
        let promised = federation.registry.view.revision
        for number in 1...20 { try change(number) }
        hub.run()
        let channel = try open(hub, from: promised)
        loop.advanceTime(by: .milliseconds(10))
        #expect(try events(channel).map(\.action) == ["COMPACTED", "SNAPSHOT", "SYNCED"])
        let sent = hub.services.watches.snapshot
        #expect(sent.bySource[source]?.frames == 1)
        #expect(sent.bySource[source]?.lag.total == 0)
        #expect(sent.writes == 1)
        _ = try? channel.finish()
    }

    @Test("what the hub has not delivered yet is not heard twice by a watch that opens meanwhile")
    func pending() throws {
        let hub = hub()
        let promised = federation.registry.view.revision
        try change(1)
        let channel = try open(hub, from: promised)
        hub.run()
        #expect(try hosts(channel) == ["host-1"])
        _ = try? channel.finish()
    }

    @Test("a watch whose beginning the log no longer reaches starts over from the present state")
    func compacted() throws {
        let hub = hub()
        let promised = federation.registry.view.revision
        for number in 1...20 { try change(number) }
        hub.run()
        let channel = try open(hub, from: promised)
        loop.advanceTime(by: .milliseconds(10))
        let texts = try events(channel)
        #expect(texts.map(\.action) == ["COMPACTED", "SNAPSHOT", "SYNCED"])
        #expect(texts[1].hostName == "host-20")
        try change(21)
        hub.run()
        #expect(try hosts(channel) == ["host-21"])
        _ = try? channel.finish()
    }

    @Test("an event is written once for the whole process, however many loops and watchers hear of it")
    func writtenOnce() throws {
        let services = Services(federation: federation, limits: LimitsInForce(.forTests))
        let hubs = (0..<3).map { _ in WatchHub(services: services, eventLoop: loop) }
        let start = services.view.revision
        let channels = try hubs.flatMap { hub in try (0..<5).map { _ in try open(hub, from: start) } }
        for number in 1...4 { try change(number) }
        for hub in hubs { hub.run() }
        for channel in channels {
            #expect(try hosts(channel) == ["host-1", "host-2", "host-3", "host-4"])
            _ = try? channel.finish()
        }
        #expect(services.frames.encoded == 4)
    }

    @Test("a turn over many watchers lets the loop breathe, and reaches all of them")
    func slices() throws {
        let hub = hub()
        let start = federation.registry.view.revision
        let channels = try (0..<600).map { _ in try open(hub, from: start) }
        try change(1)
        hub.run()
        let first = try channels.filter { try hosts($0) == ["host-1"] }.count
        #expect(first == 256)
        try change(2)
        for _ in 0..<10 { loop.advanceTime(by: .milliseconds(1)) }
        let rest = try channels.map { try hosts($0) }
        #expect(rest.filter { $0 == ["host-2"] }.count == 256)
        #expect(rest.filter { $0 == ["host-1", "host-2"] }.count == 344)
        for channel in channels { _ = try? channel.finish() }
    }
}

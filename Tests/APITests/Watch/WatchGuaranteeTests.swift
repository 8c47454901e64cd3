import Discovery
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import API
@testable import Federation

/// What a watch promises, over histories that a seed decides: watchers that stall, go on, leave and come back, on an
/// event loop that only moves when it is told to.
@Suite struct WatchGuaranteeTests {
    private static let instances = 12

    /// A client that keeps what it heard, across its connections.
    private final class Client {
        let consumer: MicroserviceKey
        /// The numbers of the providers that it depends on.
        let providers: Set<Int>
        var channel: EmbeddedChannel?
        /// The number that each instance had last.
        var known: [String: Int] = [:]
        var faults: [String] = []
        /// Whether the server ended its last connection: then it knows that it has to start over.
        var wasSentAway = false

        init(_ consumer: MicroserviceKey, _ providers: Set<Int>) {
            self.consumer = consumer
            self.providers = providers
        }

        /// Takes in what has come, and answers, so that the server knows what has arrived.
        func hear() throws {
            guard let channel else { return }
            for text in try SentFrames.texts(channel) {
                let event = try WatchEvent(text)
                guard event.action != "DELETE" else {
                    known[event.instanceID] = nil
                    continue
                }
                let number = Int(event.hostName) ?? -1
                if event.action == "CREATE", known[event.instanceID] != nil { faults.append("CREATE twice") }
                if let before = known[event.instanceID], number < before { faults.append("back in time") }
                known[event.instanceID] = number
            }
            for _ in 0..<2 where channel.isActive {
                let mask = WebSocketMaskingKey([1, 2, 3, 4])
                try channel.writeInbound(WebSocketFrame(fin: true, opcode: .pong, maskKey: mask, data: ByteBuffer()))
            }
        }

        /// Ends its connection; what has come on it may be lost.
        func leave(losing: Bool = false) throws {
            if !losing { try hear() }
            _ = try? channel?.finish()
            channel = nil
        }
    }

    private let source = SourceID("a")

    @Test(
        "nothing is lost, nothing is created twice, nothing goes back in time", arguments: 1...40 as ClosedRange<UInt64>
    )
    func guarantees(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // A short log, so that those who stall are left behind by it.
        let federation = FederationService(
            sources: [], epoch: 1, logCapacity: 1 + random.below(40),
            coalescing: seed.isMultiple(of: 2)
                ? Coalescer.Policy(window: .milliseconds(5), holdsFirst: seed.isMultiple(of: 4)) : nil,
            clock: SystemTimekeeper(),
            logger: Logger(label: "test"))
        let services = Services(federation: federation, limits: LimitsInForce(.forTests))
        let loop = EmbeddedEventLoop()
        let hub = WatchHub(services: services, eventLoop: loop)
        let clients = [[0, 1], [0], [1], [0], [0, 1]].enumerated().map { number, providers in
            Client(MicroserviceKey(name: Self.name("consumer-\(number)"), version: "1.0.0"), Set(providers))
        }
        try say(federation, clients)
        hub.run()
        for client in clients { try open(client, hub) }
        for step in 1...300 {
            try self.step(step, &random, federation, hub, clients)
            if random.chance(20) { federation.registry.tellDue() }
            if random.chance(50) { hub.run() }
            if random.chance(50) { loop.advanceTime(by: .milliseconds(1)) }
        }
        federation.registry.tellEverything()
        for client in clients { setWritable(client, true) }
        hub.run()
        for _ in 0..<50 { loop.advanceTime(by: .milliseconds(1)) }
        for client in clients {
            if client.channel.map({ !$0.isActive }) ?? false {
                client.wasSentAway = true
                try client.leave(losing: true)
            }
            if client.channel == nil { try open(client, hub) }
        }
        for _ in 0..<50 { loop.advanceTime(by: .milliseconds(1)) }
        for client in clients {
            try client.leave()
            #expect(client.faults == [])
            #expect(client.known == state(services.view, of: client))
        }
    }

    /// One thing happens.
    private func step(
        _ number: Int, _ random: inout SeededGenerator, _ federation: FederationService, _ hub: WatchHub,
        _ clients: [Client]
    ) throws {
        let client = random.pick(clients)
        switch random.below(10) {
        case 0: setWritable(client, !(client.channel?.isWritable ?? false))
        case 1 where client.channel != nil: try client.leave(losing: random.chance(50))
        case 1: try open(client, hub)
        default:
            var delta = RegistryDelta()
            for _ in 0...random.below(3) {
                let instance = random.below(Self.instances)
                let service = "provider-\(instance % 2)"
                if random.chance(30) {
                    delta.removedInstances.append(
                        InstanceRef(
                            service: ServiceRef(tenant: .default, id: ServiceID(service)),
                            id: InstanceID("i\(instance)")))
                } else {
                    var record = InstanceRecord()
                    (record.id, record.serviceID, record.hostName) = ("i\(instance)", service, "\(number)")
                    record.status = "UP"
                    delta.instances.append(record.instance(in: .default, upstreamRevision: Int64(number)))
                }
            }
            federation.registry.apply(delta, from: source)
        }
        for client in clients {
            if client.channel.map({ !$0.isActive }) ?? false {
                client.wasSentAway = true
                try client.leave(losing: true)
            } else if client.channel?.isWritable ?? false {
                try client.hear()
            }
        }
    }

    private func setWritable(_ client: Client, _ isWritable: Bool) {
        guard let channel = client.channel, channel.isWritable != isWritable else { return }
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    private func open(_ client: Client, _ hub: WatchHub) throws {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let outlet = FrameOutlet()
        try channel.pipeline.syncOperations.addHandlers([outlet, CloseCodec()])
        let revision = hub.services.registry.begin { view, _ in view.revision }
        // What nobody remembers, a client has to ask for.
        let left = hub.services.departures.revision(of: client.consumer, now: hub.uptime)
        let isForgotten = hub.services.registry.read { _, log in
            left.map { log.ended(after: $0, of: nil) == nil } ?? false
        }
        if client.wasSentAway || isForgotten { client.known = state(hub.services.view, of: client) }
        client.wasSentAway = false
        try channel.pipeline.syncOperations.addHandler(
            WatchConnection(.consumer(client.consumer), from: revision, hub: hub, outlet: outlet, now: hub.uptime))
        client.channel = channel
    }

    private static func name(_ text: String) -> MicroserviceName {
        MicroserviceName(tenant: .default, environment: "", application: "shop", name: text)
    }

    /// Lets there be microservices, and the clients depend on theirs.
    private func say(_ federation: FederationService, _ clients: [Client]) throws {
        let names = clients.map(\.consumer.name.name) + ["provider-0", "provider-1"]
        federation.registry.apply(try RegistryDelta(microservicesOfShop: names), from: source)
        for client in clients {
            for provider in client.providers {
                federation.registry.relate(
                    client.consumer, to: ProviderRule(name: Self.name("provider-\(provider)"), version: "0+"))
            }
        }
    }

    private func state(_ view: RegistryView, of client: Client) -> [String: Int] {
        var state: [String: Int] = [:]
        for provider in client.providers {
            let key = MicroserviceKey(name: Self.name("provider-\(provider)"), version: "1.0.0")
            for instance in view.tables.microservice(key)?.instances ?? [] {
                let host = (try? InstanceRecord(kept: instance.visible.body))?.hostName ?? ""
                state[instance.visible.id.text] = Int(host)
            }
        }
        return state
    }
}

import API
import Discovery
import Federation
import Registry
import ServiceCenterWire
import TestSupport
import Testing

/// Many consumers whose connections break all the time while their providers change, over real sockets.
@Suite struct JitterTests {
    /// Fewer where every step costs many times as much.
    #if THREAD_SANITIZER
        private static let (clients, dropped, rounds, instances) = (40, 8, 10, 20)
    #else
        private static let (clients, dropped, rounds, instances) = (300, 30, 25, 20)
    #endif
    private static let source = SourceID("home")

    /// One consumer: what it knows after all that it heard, over all of its connections.
    private actor Client {
        private let number: Int
        private var heard: [String] = []
        private var recorder: WatchRecorder?

        init(_ number: Int) { self.number = number }

        func open(_ address: String) async throws {
            recorder = try await WatchRecorder.open(address, consumer: "consumer-\(number)")
        }

        func drop() async {
            await recorder?.close()
            heard += recorder?.texts ?? []
            recorder = nil
        }

        /// The number of each instance that it has.
        var known: [String: String] {
            get throws {
                var known: [String: String] = [:]
                for text in heard + (recorder?.texts ?? []) {
                    let event = try WatchEvent(Array(text.utf8))
                    known[event.instanceID] = event.action == "DELETE" ? nil : event.hostName
                }
                return known
            }
        }
    }

    @Test("no watcher that is dropped and comes back misses a final state")
    func jitter() async throws {
        let home = LocalSource(id: Self.source, settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([home], home: home)
        let (federation, address) = (registry.federation.registry, "\(registry.address)")
        try Self.introduce(to: federation)
        var random = SeededGenerator(seed: 42)
        var clients = (0..<Self.clients).map(Client.init)
        try await Self.each(clients) { try await $0.open(address) }
        let changing = Task {
            var random = SeededGenerator(seed: 7)
            var number = 0
            while !Task.isCancelled {
                number += 1
                federation.apply(Self.change(number, &random), from: Self.source)
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        defer { changing.cancel() }
        for _ in 0..<Self.rounds {
            clients.shuffle(using: &random)
            let leaving = Array(clients.prefix(Self.dropped))
            try await Self.each(leaving) { await $0.drop() }
            // Some come back before their end is seen.
            try await Self.each(leaving) { try await $0.open(address) }
        }
        changing.cancel()
        await changing.value
        let present = Self.state(federation.view)
        #expect(!present.isEmpty)
        for client in clients {
            try await eventually("a watcher has the final state") { try await client.known == present }
        }
        try await Self.each(clients) { await $0.drop() }
        await registry.stop()
    }

    private static func each(
        _ clients: [Client], _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            for client in clients { group.addTask { try await body(client) } }
            try await group.waitForAll()
        }
    }

    private static func name(_ text: String) -> MicroserviceName {
        MicroserviceName(tenant: .default, environment: "", application: "shop", name: text)
    }

    /// The cart, and the consumers that depend on it.
    private static func introduce(to federation: FederatedRegistry) throws {
        var delta = said(0)
        let names = (0..<clients).map { "consumer-\($0)" }
        delta.microservices += try RegistryDelta(microservicesOfShop: names).microservices
        federation.apply(delta, from: source)
        for number in 0..<clients {
            federation.relate(
                MicroserviceKey(name: name("consumer-\(number)"), version: "1.0.0"),
                to: ProviderRule(name: name("cart"), version: "0+"))
        }
    }

    /// An instance of the cart comes, changes or goes.
    private static func change(_ number: Int, _ random: inout SeededGenerator) -> RegistryDelta {
        var record = InstanceRecord()
        (record.id, record.serviceID, record.status) = ("i\(random.below(instances))", "cart", "UP")
        record.hostName = "\(number)"
        let instance = record.instance(in: .default, upstreamRevision: Int64(number))
        var delta = RegistryDelta()
        if random.chance(20) { delta.removedInstances = [instance.ref] } else { delta.instances = [instance] }
        return delta
    }

    private static func state(_ view: RegistryView) -> [String: String] {
        var state: [String: String] = [:]
        view.tables.forEachMicroservice { merged in
            for instance in merged.instances {
                state[instance.visible.id.text] = (try? InstanceRecord(kept: instance.visible.body))?.hostName
            }
        }
        return state
    }
}

import Discovery
import Federation
import Registry
import TestSupport
import Testing

/// What consumers looked up.
@Suite(.timeLimit(.minutes(1))) struct RelationKeeperTests {
    private static let web = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "web"), version: "1.0")
    private static let rules = ["0+", "latest"].map { ProviderRule(name: Said.cart.name, version: $0, alias: "a") }
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func relations(_ registry: FederatedRegistry, of consumer: MicroserviceKey = web) -> [ProviderRule] {
        registry.view.tables.relations(of: consumer)
    }

    @Test func `Survives a restart, with what came after it`() async throws {
        try await run { registry, _ in
            registry.relate(RelationKeeperTests.web, to: RelationKeeperTests.rules[0])
        }
        try await run { registry, _ in
            #expect(relations(registry) == [RelationKeeperTests.rules[0]])
            #expect(relations(registry).first?.alias == "a")
            registry.relate(RelationKeeperTests.web, to: RelationKeeperTests.rules[1])
            registry.relate(Said.cart, to: RelationKeeperTests.rules[0])
        }
        try await run { registry, _ in
            #expect(relations(registry) == RelationKeeperTests.rules)
            #expect(relations(registry, of: Said.cart) == [RelationKeeperTests.rules[0]])
        }
    }

    @Test func `Is kept as a whole when the history was too short for the writer`() async throws {
        let consumers = (0..<100).map { number in
            MicroserviceKey(name: RelationKeeperTests.web.name, version: "\(number)")
        }
        try await run(logCapacity: 3) { registry, _ in
            for consumer in consumers { registry.relate(consumer, to: RelationKeeperTests.rules[0]) }
        }
        try await run { registry, _ in
            #expect(consumers.allSatisfy { relations(registry, of: $0).count == 1 })
        }
    }

    @Test func `Of a consumer that no source has known for an hour is forgotten, for good`() async throws {
        try await run { registry, time in
            try await eventually("the source has spoken") { registry.view.status("a")?.state == .synced }
            registry.relate(RelationKeeperTests.web, to: RelationKeeperTests.rules[0])
            registry.relate(Said.cart, to: RelationKeeperTests.rules[0])
            let begun = time.uptime()
            try await eventually("it is forgotten") {
                time.advance(by: .seconds(61))
                return relations(registry).isEmpty
            }
            #expect(time.uptime() - begun >= .seconds(3_600))
            #expect(relations(registry, of: Said.cart).count == 1)
        }
        try await run { registry, _ in
            #expect(relations(registry).isEmpty)
            #expect(relations(registry, of: Said.cart).count == 1)
        }
    }

    /// One run of the process.
    private func run(
        logCapacity: Int = 1_000, _ test: (FederatedRegistry, ManualTime) async throws -> Void
    ) async throws {
        let time = ManualTime()
        let service = FederationService(
            sources: [ScriptedSource("a", [.says(Said.cart("i1"))])], epoch: 7, logCapacity: logCapacity,
            state: StateDirectory(directory.path), clock: time, logger: LogRecorder().logger)
        try await service.restore()
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            try await test(service.registry, time)
            group.cancelAll()
        }
    }
}

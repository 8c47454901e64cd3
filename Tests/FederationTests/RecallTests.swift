import Discovery
import Registry
import TestSupport
import Testing

@testable import Federation

/// What ended in an earlier run, as consumers hear of it that come back.
@Suite(.timeLimit(.minutes(1))) struct RecallTests {
    private static let web = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "web"), version: "1.0")
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The changes of each batch behind the restored state, in a few words.
    private func told(_ service: FederationService, after revision: Revision) -> [[String]] {
        guard case .batches(let batches) = service.registry.history(after: revision) else { return [["compacted"]] }
        return batches.map { batch in batch.changes.map { "\($0.action) \($0.instance.id)" } }
    }

    /// What a consumer that comes back has to hear; nil for one that is not known.
    private func news(_ service: FederationService, _ consumer: MicroserviceKey = web) -> [[String]]? {
        service.restoration.revision(of: consumer, within: .seconds(120), at: service.clock.uptime()).map {
            told(service, after: $0)
        }
    }

    /// What the journal has of instances, in a few words.
    private func journal(_ service: FederationService) async throws -> [String] {
        try await service.journal.entries(JournalQuery(limit: 100)).reversed().compactMap { entry in
            switch entry.event {
            case .change(let action, _, _, _, let instance): "\(action) \(instance)"
            case .firstWord(let cause, let changes): "\(changes) \(cause)"
            default: nil
            }
        }
    }

    /// A run in which the consumer looks the cart up, and instances of it end.
    private func first() async throws {
        let source = ScriptedSource("a", [.says(Said.cart("stays", "gone", "also", "back"))])
        try await run(source) { service in
            try await eventually("the source has spoken") { service.registry.view.status("a")?.state == .synced }
            service.registry.relate(RecallTests.web, to: ProviderRule(name: Said.cart.name, version: "0+"))
            let tell = await source.teller()
            for name in ["gone", "also", "back"] { tell(.delta(Said.gone(name))) }
            tell(.delta(Said.instances("back")))
            #expect(service.registry.view.cartInstances == ["back", "stays"])
        }
    }

    @Test func `It is one batch behind the restored state, as it was last, and not in the journal again`() async throws
    {
        try await first()
        var known = ["4 read", "delete gone", "delete also", "delete back", "create back"]
        for seconds in [60, 90] {
            try await run(ScriptedSource("a", [.hangs]), after: seconds) { service in
                #expect(service.registry.view.cartInstances == ["back", "stays"])
                #expect(news(service) == [["delete gone", "delete also"]])
                #expect(news(service, Said.cart) == nil)
                // Who begins with the present hears nothing of it.
                #expect(told(service, after: service.registry.view.revision) == [])
                known.append("2 restored")
                #expect(try await journal(service) == known)
                let begun = try #require(
                    service.restoration.revision(of: RecallTests.web, within: .seconds(120), at: .seconds(seconds)))
                let ended = service.registry.read { _, log in log.ended(after: begun, of: [Said.cart.name]) }
                #expect(ended?.map(\.instance.body) == ["gone", "also"].map { Said.instance($0, of: "cart").body })
            }
        }
    }

    @Test func `What ended longer ago is nobody's news, nor is anything where nobody may come back`() async throws {
        try await first()
        try await run(ScriptedSource("a", [.hangs]), after: 121) { service in #expect(news(service) == []) }
        try await run(ScriptedSource("a", [.hangs]), after: 60, recalling: .zero) { service in
            #expect(news(service) == [])
        }
    }

    @Test func `What comes back with the first read is told as it is`() async throws {
        try await first()
        try await run(ScriptedSource("a", [.says(Said.cart("stays", "gone", "back"))]), after: 60) { service in
            try await eventually("it is back") { service.registry.view.cartInstances == ["back", "gone", "stays"] }
            #expect(news(service)?.first == ["delete gone", "delete also"])
            #expect(news(service)?.last == ["create gone"])
        }
    }

    @Test func `What is there has not ended, whatever the journal says`() {
        let source = SourceID("a")
        let registry = FederatedRegistry(
            sources: [SourceStatus(source: source, plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 0))],
            epoch: 7, logCapacity: 100, clock: ManualTime())
        registry.apply(Said.cart("i1"), from: source)
        func end(_ name: String) -> VisibleChange {
            VisibleChange(
                action: .delete, microservice: Said.cart, canonicalID: ServiceID("cart"),
                instance: Said.instance(name, of: "cart"), source: source)
        }
        #expect(registry.recall([end("i1")]) == nil)
        #expect(registry.view.revision == Revision(epoch: 7, sequence: 1))
        #expect(registry.recall([end("i1"), end("i2")]) == Revision(epoch: 7, sequence: 2))
        #expect(registry.view.revision == Revision(epoch: 7, sequence: 2))
        guard case .batches(let batches) = registry.history(after: Revision(epoch: 7, sequence: 1)) else { return }
        #expect(batches.map { $0.changes.map(\.instance.id.text) } == [["i2"]])
    }

    /// One run of the process.
    private func run(
        _ source: ScriptedSource, after seconds: Int = 0, recalling: Duration = .seconds(120),
        _ test: (FederationService) async throws -> Void
    ) async throws {
        let time = ManualTime()
        time.advance(by: .seconds(seconds))
        let service = FederationService(
            sources: [source], epoch: 7, logCapacity: 1_000, state: StateDirectory(directory.path), clock: time,
            logger: LogRecorder().logger)
        try await service.restore(recalling: recalling)
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            try await test(service)
            group.cancelAll()
        }
    }
}

import Discovery
import Federation
import Registry
import Testing

@Suite(.timeLimit(.minutes(1))) struct FederationServiceTests {
    @Test func `A hanging source does not hold up another one, but readiness waits for it`() async {
        let slow = ScriptedSource("slow", [.hangs])
        let quick = ScriptedSource("quick", [.says(Said.cart("i1")), .says(Said.instances("i2"))])
        await withService([slow, quick]) { service, time in
            await time.pauses(begun: 3)
            #expect(service.registry.view.cartInstances == ["i1"])
            #expect(service.registry.view.status("slow")?.state == .starting)
            #expect(!service.registry.view.isReady)
            time.advance(by: .seconds(10))
            await time.pauses(begun: 6)
            #expect(service.registry.view.cartInstances == ["i1", "i2"])
            let tell = await slow.teller()
            tell(.delta(Said.cart("i3")))
            #expect(service.registry.view.cartInstances == ["i1", "i2", "i3"])
        }
    }

    @Test func `A read that is given up because the service ends is no failure`() async {
        let slow = ScriptedSource("slow", [.hangs])
        let service = await withService([slow]) { _, _ in _ = await slow.teller() }
        #expect(service.registry.view.status("slow")?.state == .starting)
        #expect(service.counters.snapshot.isEmpty)
    }

    @Test func `Stopping is not deleting`() async {
        let source = ScriptedSource("a", [.says(Said.cart("i1"))])
        let service = await withService([source]) { _, time in await time.pauses(begun: 3) }
        #expect(service.registry.view.cartInstances == ["i1"])
        #expect(service.registry.view.status("a")?.state == .synced)
    }

    @Test func `The order of the sources is their precedence`() async {
        let sources = ["z", "y"].map { ScriptedSource($0, [.says(Said.cart("i1"))]) }
        let service = await withService(sources) { _, time in await time.pauses(begun: 4) }
        #expect(service.registry.view.sources.map(\.source.name) == ["z", "y"])
        #expect(service.registry.view.tables.microservice(Said.cart)?.source == SourceID("z"))
        #expect(service.registry.view.status("z")?.counts.visibleInstances == 1)
        #expect(service.registry.view.status("y")?.counts.visibleInstances == 0)
    }

    /// Runs a test beside a service, stops the service, and returns it as it ended.
    @discardableResult
    private func withService(
        _ sources: [ScriptedSource], _ test: (FederationService, ManualTime) async -> Void
    ) async -> FederationService {
        let time = ManualTime()
        let service = FederationService(
            sources: sources, epoch: 7, logCapacity: 1_000, clock: time, logger: LogRecorder().logger)
        await withTaskGroup { group in
            group.addTask { await service.run() }
            await test(service, time)
            group.cancelAll()
        }
        return service
    }
}

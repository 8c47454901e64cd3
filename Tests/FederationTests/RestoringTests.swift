import Discovery
import Federation
import Registry
import TestSupport
import Testing

/// What a source said before a restart.
@Suite(.timeLimit(.minutes(1))) struct RestoringTests {
    private let directory: TemporaryDirectory
    private let log = LogRecorder()

    init() throws { directory = try TemporaryDirectory() }

    @Test func `It is served, marked as restored and ready, while the source is away`() async throws {
        try await run([.says(Said.cart("i1", "i2"), as: "up")]) { _, time in
            await time.pauses(begun: 4)
            time.advance(by: .seconds(1))
        }
        try await run([.fails(.unreachable("gone")), .says(Said.cart("i1", "i2"), as: "up")], after: 100) {
            registry, time in
            #expect(registry.view.cartInstances == ["i1", "i2"])
            #expect(registry.view.isReady)
            await time.pauses(begun: 4)
            let status = registry.view.status("a")
            #expect(status?.isRestored == true)
            #expect(status?.state == .stale)
            #expect(status?.upstreamName == "up")
            // The age of the data counts from the last confirmed read.
            #expect(status?.lastSuccess == UnixTime(nanoseconds: 0))
            #expect(registry.view.cartInstances == ["i1", "i2"])
            time.advance(by: .seconds(1))
            try await eventually("the source has spoken") { registry.view.status("a")?.isRestored == false }
            #expect(registry.view.status("a")?.state == .synced)
            #expect(registry.view.cartInstances == ["i1", "i2"])
        }
        #expect(
            log.logged == [
                "info: source is synced", "info: source is restored from disk",
                "warning: source cannot be read; what it said last stays", "info: source is synced",
            ])
    }

    @Test func `The first read withdraws what is gone, creates what is new, and repeats nothing`() async throws {
        try await run([.says(Said.cart("i1", "i2"))]) { _, time in await time.pauses(begun: 4) }
        try await run([.says(Said.cart("i2", "i3"))]) { registry, time in
            await time.pauses(begun: 4)
            #expect(registry.view.cartInstances == ["i2", "i3"])
            let beginning = Revision(epoch: registry.view.revision.epoch, sequence: 0)
            guard case .batches(let all) = registry.history(after: beginning) else { return }
            // The first one is what was restored.
            let batches = all.dropFirst()
            let changes = batches.flatMap { batch in batch.changes.map { "\($0.action) \($0.instance.id)" } }
            #expect(Set(changes) == ["delete i1", "create i3"])
            #expect(batches.allSatisfy { !$0.isFirstWord })
        }
        try await run([.hangs]) { registry, _ in #expect(registry.view.cartInstances == ["i2", "i3"]) }
    }

    @Test func `What is told between the restart and the first read is not undone by it`() async throws {
        try await run([.says(Said.cart("i1", "i2"))]) { _, time in await time.pauses(begun: 4) }
        let source = ScriptedSource("a", [.fails(.unreachable("gone")), .says(Said.cart("i2"))])
        try await run(source) { registry, time in
            let tell = await source.teller()
            tell(.delta(Said.gone("i1")))
            tell(.delta(Said.instances("i1", "i4")))
            #expect(registry.view.cartInstances == ["i1", "i2", "i4"])
            await time.pauses(begun: 4)
            time.advance(by: .seconds(1))
            try await eventually("the source has spoken") { registry.view.status("a")?.isRestored == false }
            #expect(registry.view.cartInstances == ["i1", "i2", "i4"])
        }
    }

    @Test func `A source that had nothing is restored with nothing: that is what it said`() async throws {
        try await run([.says(RegistryDelta())]) { _, time in await time.pauses(begun: 4) }
        try await run([.hangs]) { registry, _ in
            #expect(registry.view.status("a")?.isRestored == true)
            #expect(registry.view.isReady)
        }
    }

    @Test func `What a read brought is restored though the process ended before the read did`() async throws {
        try await run([.saysAndHangs(Said.cart("i1"))]) { registry, _ in
            try await eventually("it is visible") { registry.view.cartInstances == ["i1"] }
        }
        try await run([.hangs]) { registry, _ in #expect(registry.view.cartInstances == ["i1"]) }
    }

    @Test func `An upstream that comes back empty is not believed, and that is kept too`() async throws {
        let names = (1...9).map { "i\($0)" }
        var cart = Said.cart()
        cart.instances = names.map { Said.instance($0, of: "cart") }
        var nothing = RegistryDelta()
        nothing.evidence = .read(isRewound: false)
        try await run([.says(cart)]) { registry, _ in
            try await eventually("the source has spoken") { registry.view.cartInstances == names }
        }
        try await run([.says(nothing)]) { registry, _ in
            try await eventually("the source has spoken") { registry.view.status("a")?.isRestored == false }
            #expect(registry.view.cartInstances == names)
            #expect(registry.view.status("a")?.quarantine?.reason == .empty)
        }
        try await run([.hangs]) { registry, _ in #expect(registry.view.cartInstances == names) }
    }

    @Test func `What is held is held no longer because of restarts`() async throws {
        let names = (1...9).map { "i\($0)" }
        var cart = Said.cart()
        cart.instances = names.map { Said.instance($0, of: "cart") }
        var nothing = RegistryDelta()
        nothing.evidence = .read(isRewound: false)
        try await run([.says(cart)]) { registry, _ in
            try await eventually("the source has spoken") { registry.view.cartInstances == names }
        }
        var held: [QuarantineStatus] = []
        for after in [10, 50, 100] {
            try await run([.says(nothing)], after: after) { registry, _ in
                try await eventually("it is held") { registry.view.status("a")?.quarantine != nil }
                held.append(try #require(registry.view.status("a")?.quarantine))
            }
        }
        #expect(held.map(\.since.seconds) == [10, 10, 10])
        #expect(held.map { $0.until?.seconds } == [130, 130, 130])
        // Once it is believed, or everything is back, nothing is left of that.
        try await run([.says(cart)], after: 110) { registry, _ in
            try await eventually("the source has spoken") { registry.view.status("a")?.isRestored == false }
            #expect(registry.view.status("a")?.quarantine == nil)
        }
        try await run([.says(nothing)], after: 120) { registry, _ in
            try await eventually("it is held") { registry.view.status("a")?.quarantine != nil }
            #expect(registry.view.status("a")?.quarantine?.until?.seconds == 240)
        }
    }

    @Test func `What an operator holds is held after a restart, until he releases it`() async throws {
        try await serve(ScriptedSource("a", [.says(Said.cart("i1", "i2"))])) { service, _ in
            try await eventually("the source has spoken") { service.registry.view.cartInstances == ["i1", "i2"] }
            service.hold(SourceID("a"))
        }
        try await serve(ScriptedSource("a", [.says(Said.cart("i2"))])) { service, _ in
            try await eventually("it is held") { service.registry.view.status("a")?.quarantine != nil }
            #expect(service.registry.view.status("a")?.isHeldByOperator == true)
            #expect(service.registry.view.cartInstances == ["i1", "i2"])
            #expect(service.release(SourceID("a")) == 1)
        }
        try await serve(ScriptedSource("a", [.hangs])) { service, _ in
            #expect(service.registry.view.status("a")?.isHeldByOperator == false)
            #expect(service.registry.view.cartInstances == ["i2"])
        }
    }

    @Test func `Data that was old when the process ended is old when it begins again`() async throws {
        var staleness = StalenessPolicy()
        staleness.after = .seconds(90)
        staleness.treatment = .demote
        try await run([.says(Said.cart("i1"))]) { _, time in await time.pauses(begun: 4) }
        try await run([.hangs], after: 60, staleness) { registry, _ in
            #expect(registry.view.status("a")?.standing == .full)
        }
        try await run([.hangs], after: 91, staleness) { registry, _ in
            #expect(registry.view.status("a")?.standing == .demoted)
        }
    }

    @Test func `A source that never spoke is not restored, and readiness waits for it`() async throws {
        try await run([.hangs]) { _, _ in }
        try await run([.hangs]) { registry, _ in
            #expect(registry.view.status("a")?.isRestored == false)
            #expect(!registry.view.isReady)
        }
    }

    private func run(
        _ script: [ScriptedSource.Answer], after seconds: Int = 0, _ staleness: StalenessPolicy = StalenessPolicy(),
        _ test: (FederatedRegistry, ManualTime) async throws -> Void
    ) async throws {
        try await run(ScriptedSource("a", script), after: seconds, staleness, test)
    }

    private func run(
        _ source: ScriptedSource, after seconds: Int = 0, _ staleness: StalenessPolicy = StalenessPolicy(),
        _ test: (FederatedRegistry, ManualTime) async throws -> Void
    ) async throws {
        try await serve(source, after: seconds, staleness) { try await test($0.registry, $1) }
    }

    /// One run of the process: restores, runs the test beside the source, and ends.
    private func serve(
        _ source: ScriptedSource, after seconds: Int = 0, _ staleness: StalenessPolicy = StalenessPolicy(),
        _ test: (FederationService, ManualTime) async throws -> Void
    ) async throws {
        let time = ManualTime()
        time.advance(by: .seconds(seconds))
        let service = FederationService(
            sources: [source], policies: [source.profile.id: SourcePolicy(staleness: staleness)], epoch: 7,
            logCapacity: 1_000, state: StateDirectory(directory.path), clock: time, logger: log.logger)
        try await service.restore()
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            try await test(service, time)
            group.cancelAll()
        }
    }
}

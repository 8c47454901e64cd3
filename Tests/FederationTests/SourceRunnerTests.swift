import Discovery
import Federation
import Registry
import Testing

@Suite(.timeLimit(.minutes(1))) struct SourceRunnerTests {
    @Test func `A source is read at once`() async {
        let source = ScriptedSource("a", [.says(Said.cart("i1"), as: "upstream")])
        await withRunner(source) { registry, _, time in
            await time.pauses(begun: 1)
            #expect(registry.view.cartInstances == ["i1"])
            #expect(registry.view.status("a")?.state == .synced)
            #expect(registry.view.status("a")?.upstreamName == "upstream")
            #expect(registry.view.status("a")?.counts.visibleInstances == 1)
            #expect(registry.view.isReady)
            #expect(time.pauses == [.seconds(10)])
        }
    }

    @Test func `A source is read again when its interval is over, and not before`() async {
        let source = ScriptedSource("a", [.says(Said.cart("i1")), .says(Said.instances("i2"))])
        await withRunner(source) { registry, _, time in
            await time.pauses(begun: 1)
            time.advance(by: .seconds(9))
            #expect(registry.view.cartInstances == ["i1"])
            time.advance(by: .seconds(1))
            await time.pauses(begun: 2)
            #expect(registry.view.cartInstances == ["i1", "i2"])
            #expect(registry.view.status("a")?.lastSuccess == UnixTime(nanoseconds: 10_000_000_000))
        }
    }

    @Test func `A failing source keeps its last data, becomes stale and recovers`() async {
        let source = ScriptedSource(
            "a",
            [
                .says(Said.cart("i1")), .fails(.unreachable("gone")), .fails(.timedOut("slow")),
                .says(Said.instances("i2")),
            ])
        await withRunner(source) { registry, _, time in
            await time.pauses(begun: 1)
            time.advance(by: .seconds(10))
            await time.pauses(begun: 2)
            #expect(registry.view.cartInstances == ["i1"])
            #expect(registry.view.status("a")?.state == .stale)
            #expect(registry.view.status("a")?.lastFailure?.reason == .unreachable("gone"))
            #expect(registry.view.status("a")?.lastSuccess == UnixTime(nanoseconds: 0))
            #expect(registry.view.status("a")?.counts.visibleInstances == 1)
            time.advance(by: .seconds(1))
            await time.pauses(begun: 3)
            #expect(registry.view.status("a")?.consecutiveFailures == 2)
            time.advance(by: .seconds(1))
            await time.pauses(begun: 4)
            #expect(registry.view.status("a")?.state == .synced)
            #expect(registry.view.status("a")?.consecutiveFailures == 0)
            #expect(registry.view.cartInstances == ["i1", "i2"])
            // After the failures 500 ms and 1 s, less a fifth at most.
            #expect(time.pauses[0] == .seconds(10) && time.pauses[3] == .seconds(10))
            #expect(time.pauses[1] > .milliseconds(399) && time.pauses[1] <= .milliseconds(500))
            #expect(time.pauses[2] > .milliseconds(799) && time.pauses[2] <= .seconds(1))
        }
    }

    @Test func `A source that fails from the beginning is stale, and readiness does not wait for it`() async {
        await withRunner(ScriptedSource("a", [.fails(.refused(status: 500, ""))])) { registry, _, time in
            await time.pauses(begun: 1)
            #expect(registry.view.status("a")?.state == .stale)
            #expect(registry.view.status("a")?.lastSuccess == nil)
            #expect(registry.view.isReady)
        }
    }

    @Test func `A secret that cannot be read any more is shown, and told once, and once more when it can`() async {
        let (source, log) = (ScriptedSource("a", []), LogRecorder())
        await withRunner(source, log: log) { registry, _, time in
            await time.pauses(begun: 1)
            let said = log.logged.count
            for (index, fault) in ["is not there", "is not there", "is empty", nil, nil].enumerated() {
                source.secretFault = fault
                time.advance(by: .seconds(10))
                await time.pauses(begun: index + 2)
                #expect(registry.view.status("a")?.secretFault == fault)
            }
            #expect(
                log.logged[said...] == [
                    "warning: the source's secret cannot be read any more; what it was stays",
                    "info: the source's secret can be read again",
                ])
        }
    }

    @Test func `One line is logged for each transition, and none for each attempt`() async {
        let source = ScriptedSource(
            "a",
            [
                .says(Said.cart("i1")), .says(RegistryDelta()), .fails(.timedOut("x")), .fails(.timedOut("x")),
                .says(RegistryDelta()),
            ])
        let log = LogRecorder()
        await withRunner(source, log: log) { _, _, time in
            for number in 1...5 {
                await time.pauses(begun: number)
                time.advance(by: .seconds(10))
            }
        }
        #expect(
            log.logged == [
                "info: source is synced", "warning: source cannot be read; what it said last stays",
                "info: source is synced",
            ])
    }

    @Test func `What a source tells between reads is visible when tell returns, and counted`() async {
        let source = ScriptedSource("a", [.says(Said.cart("i1"))])
        await withRunner(source) { registry, counters, time in
            await time.pauses(begun: 1)
            let tell = await source.teller()
            tell(.delta(Said.instances("i2", "i3")))
            #expect(registry.view.cartInstances == ["i1", "i2", "i3"])
            tell(.delta(Said.gone("i1")))
            #expect(registry.view.cartInstances == ["i2", "i3"])
            #expect(counters.snapshot[SourceID("a")]?.changes == [.create: 3, .delete: 1])
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 1])
        }
        #expect(!source.isFollowed)
    }

    @Test func `A source that asks for a read is read at once, and then at most once a second`() async {
        let source = ScriptedSource("a", interval: .seconds(3_600), [.says(Said.cart("i1"))])
        await withRunner(source) { _, counters, time in
            await time.pauses(begun: 1)
            let tell = await source.teller()
            tell(.readSoon)
            await time.pauses(begun: 2)
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 2])
            for _ in 0..<5 { tell(.readSoon) }
            time.advance(by: .milliseconds(999))
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 2])
            time.advance(by: .milliseconds(1))
            await time.pauses(begun: 3)
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 3])
            #expect(time.pauses == [.seconds(3_600), .seconds(1), .seconds(1)])
        }
    }

    @Test func `How a source is heard is shown, and logged when it changes`() async {
        let source = ScriptedSource("a", [.says(Said.cart("i1"))])
        let log = LogRecorder()
        await withRunner(source, log: log) { registry, _, time in
            await time.pauses(begun: 1)
            #expect(registry.view.status("a")?.observation == .polled(reason: nil))
            let tell = await source.teller()
            for reason in ["no", "still no"] { tell(.observation(.polled(reason: reason))) }
            #expect(registry.view.status("a")?.observation == .polled(reason: "still no"))
            for watches in 1...3 { tell(.observation(.observed(watches: watches, of: 3, reason: nil))) }
            // A read leaves it as it is.
            time.advance(by: .seconds(10))
            await time.pauses(begun: 2)
            #expect(registry.view.status("a")?.observation == .observed(watches: 3, of: 3, reason: nil))
        }
        #expect(
            log.logged == [
                "info: source is synced", "warning: source is not observed, but polled", "info: source is observed",
            ])
    }

    @Test func `A source where nothing changes is read less and less often, until something does`() async {
        let source = ScriptedSource(
            "a", interval: .seconds(10), maxInterval: .seconds(60),
            [.says(Said.cart("i1"))] + (0..<7).map { _ in .says(RegistryDelta()) } + [.says(Said.instances("i2"))])
        await withRunner(source) { _, _, time in
            for number in 1...9 {
                await time.pauses(begun: number)
                time.advance(by: .seconds(60))
            }
            await time.pauses(begun: 10)
            #expect(time.pauses.map(\.components.seconds) == [10, 10, 10, 10, 20, 40, 60, 60, 10, 10])
        }
    }

    @Test func `Reads are counted by result, with what they brought`() async throws {
        let source = ScriptedSource(
            "a",
            [
                .says(Said.cart("i1")), .fails(.timedOut("x")), .fails(.timedOut("x")),
                .fails(.tooLarge(limitBytes: 1)), .says(Said.gone("i1")),
            ])
        await withRunner(source) { _, counters, time in
            for number in 1...4 {
                await time.pauses(begun: number)
                time.advance(by: .seconds(10))
            }
            await time.pauses(begun: 5)
            let tally = counters.snapshot[SourceID("a")]
            #expect(tally?.reads == ["ok": 2, "timeout": 2, "too_large": 1])
            #expect(tally?.readDuration.total == 5)
            #expect(tally?.wireBytes == 20)
            #expect(tally?.bodyBytes == 200)
            #expect(tally?.entries == 3)
            #expect(tally?.decodedEntries == 3)
            #expect(tally?.changes == [.create: 1, .delete: 1])
        }
    }

    @Test func `An implausible withdrawal is held, shown, told once, and believed when leases would have ended`() async
    {
        var empty = RegistryDelta()
        empty.evidence = .read(isRewound: false)
        empty.removedInstances = (1...6).map { Said.gone("i\($0)").removedInstances[0] }
        empty.removedMicroservices = [ServiceRef(tenant: .default, id: ServiceID("cart"))]
        let source = ScriptedSource(
            "a", interval: .seconds(3_600), [.says(Said.cart("i1", "i2", "i3", "i4", "i5", "i6")), .says(empty)])
        let log = LogRecorder()
        await withRunner(source, trust: GuardPolicy(), log: log) { registry, counters, time in
            await time.pauses(begun: 1)
            time.advance(by: .seconds(3_600))
            // The next read, and the look at what is held.
            await time.pauses(begun: 3)
            #expect(registry.view.cartInstances.count == 6)
            let held = registry.view.status("a")?.quarantine
            #expect(held?.reason == .empty)
            #expect(held?.instances == 6)
            #expect(held?.since == UnixTime(nanoseconds: 3_600_000_000_000))
            #expect(held?.until == UnixTime(nanoseconds: 3_720_000_000_000))
            time.advance(by: .seconds(120))
            // What is released begins no pause.
            while !registry.view.cartInstances.isEmpty, !Task.isCancelled { await Task.yield() }
            #expect(registry.view.cartInstances.isEmpty)
            #expect(registry.view.status("a")?.quarantine == nil)
            #expect(counters.snapshot[SourceID("a")]?.transitions["quarantined"] == 1)
            #expect(counters.snapshot[SourceID("a")]?.transitions["released"] == 1)
        }
        #expect(
            log.logged == [
                "info: source is synced",
                "warning: source withdraws implausibly much; what it withdrew stays for now",
                "info: what was held of the source is held no longer",
            ])
    }

    @Test func `Old data is treated as declared, and a confirmed read ends that`() async {
        var staleness = StalenessPolicy()
        staleness.treatment = .demote
        staleness.lasting = .seconds(60)
        let source = ScriptedSource(
            "a", interval: .seconds(1_000), [.says(Said.cart("i1")), .fails(.timedOut("x")), .says(RegistryDelta())])
        await withRunner(source, staleness: staleness) { registry, counters, time in
            await time.pauses(begun: 2)
            time.advance(by: .seconds(90))
            await time.pauses(begun: 3)
            #expect(registry.view.status("a")?.standing == .demoted)
            #expect(registry.view.cartInstances == ["i1"])
            time.advance(by: .seconds(60))
            await time.pauses(begun: 4)
            #expect(registry.view.status("a")?.standing == .dropped)
            #expect(registry.view.cartInstances.isEmpty)
            #expect(registry.view.tables.microserviceCount == 1)
            time.advance(by: .seconds(850))
            await time.pauses(begun: 6)
            time.advance(by: .seconds(1))
            await time.pauses(begun: 7)
            #expect(registry.view.status("a")?.standing == .full)
            #expect(registry.view.cartInstances == ["i1"])
            #expect(counters.snapshot[SourceID("a")]?.transitions["demoted"] == 1)
            #expect(counters.snapshot[SourceID("a")]?.transitions["full"] == 1)
        }
    }

    /// Runs a test beside the runner of one source, and ends the runner.
    private func withRunner(
        _ source: ScriptedSource, trust: GuardPolicy = .trusting, staleness: StalenessPolicy = StalenessPolicy(),
        log: LogRecorder = LogRecorder(),
        _ test: (FederatedRegistry, SourceCounters, ManualTime) async -> Void
    ) async {
        let time = ManualTime()
        let registry = FederatedRegistry(
            sources: [SourceStatus(source.profile, since: time.now())], trust: [source.profile.id: trust], epoch: 7,
            logCapacity: 1_000, clock: time)
        let counters = SourceCounters()
        let runner = SourceRunner(
            source, staleness: staleness, registry: registry, counters: counters, clock: time, logger: log.logger)
        await withTaskGroup { group in
            group.addTask { await runner.run() }
            await test(registry, counters, time)
            group.cancelAll()
        }
    }
}

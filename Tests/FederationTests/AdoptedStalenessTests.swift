import Registry
import TestSupport
import Testing

@testable import Federation

/// What the age of a running source's data means is declared otherwise.
@Suite(.timeLimit(.minutes(2))) struct AdoptedStalenessTests {
    private let time = ManualTime()
    private let counters = SourceCounters()

    private func policy(
        _ treatment: StalenessPolicy.Treatment, after: Duration, lasting: Duration? = nil
    ) -> SourcePolicy {
        var staleness = StalenessPolicy()
        (staleness.treatment, staleness.after, staleness.lasting) = (treatment, after, lasting)
        return SourcePolicy(trust: .trusting, staleness: staleness)
    }

    @Test func `It counts at once, for data that is old already, and is told when it will count`() async throws {
        try await withRunner { runner, registry in
            time.advance(by: .seconds(300))
            #expect(registry.view.status("a")?.standing == .full)
            await runner.adopt(policy(.demote, after: .seconds(90), lasting: .seconds(600)))
            #expect(registry.view.status("a")?.standing == .demoted)
            #expect(registry.view.status("a")?.nextStanding?.at == UnixTime(nanoseconds: 690_000_000_000))
            await runner.adopt(policy(.drop, after: .seconds(200)))
            #expect(registry.view.status("a")?.standing == .dropped)
            #expect(registry.view.cartInstances.isEmpty)
            await runner.adopt(policy(.serve, after: .seconds(90)))
            #expect(registry.view.status("a")?.standing == .full)
            #expect(registry.view.cartInstances == ["i1"])
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 1])
        }
    }

    @Test func `Data becomes old by it, though nobody waited for that before, or for longer`() async throws {
        try await withRunner { runner, registry in
            await runner.adopt(policy(.demote, after: .seconds(3_600)))
            try await eventually("it is waited for") { time.pauses.contains(.seconds(3_600)) }
            await runner.adopt(policy(.demote, after: .seconds(90)))
            try await eventually("it is waited for less") { time.pauses.contains(.seconds(90)) }
            time.advance(by: .seconds(90))
            try await eventually("it is old") { registry.view.status("a")?.standing == .demoted }
            #expect(counters.snapshot[SourceID("a")]?.reads == ["ok": 1])
        }
    }

    /// Runs a test beside the runner of a source that was read once and is not read again for long.
    private func withRunner(_ test: (SourceRunner, FederatedRegistry) async throws -> Void) async throws {
        let source = ScriptedSource("a", interval: .seconds(100_000), [.says(Said.cart("i1"))])
        let registry = FederatedRegistry(
            sources: [SourceStatus(source.profile, since: time.now())], epoch: 7, logCapacity: 1_000, clock: time)
        let runner = SourceRunner(
            source, registry: registry, counters: counters, clock: time, logger: LogRecorder().logger)
        try await withThrowingTaskGroup { group in
            group.addTask { await runner.run() }
            try await eventually("the source has spoken") { registry.view.status("a")?.lastSuccess != nil }
            try await test(runner, registry)
            group.cancelAll()
        }
    }
}

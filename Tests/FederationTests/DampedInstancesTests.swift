import Discovery
import Registry
import TestSupport
import Testing

@testable import Federation

/// What operators are told of instances that come and go.
@Suite(.timeLimit(.minutes(1))) struct DampedInstancesTests {
    private let log = LogRecorder()

    @Test func `It is told when they go out of sight, with a few of their names, and when they are believed again`()
        async throws
    {
        let time = ManualTime()
        let source = ScriptedSource("a", interval: .seconds(100_000), [.says(Said.cart("i1", "i2"))])
        let service = FederationService(
            sources: [source], policies: [source.profile.id: SourcePolicy()], epoch: 7, logCapacity: 1_000,
            clock: time, logger: log.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            try await eventually("the source has spoken") { service.registry.view.cartInstances == ["i1", "i2"] }
            let tell = await source.teller()
            for _ in 0...10 {
                tell(.delta(Said.gone("i1")))
                tell(.delta(Said.instances("i1")))
            }
            #expect(service.registry.view.cartInstances == ["i2"])
            #expect(service.registry.damped(of: Said.cart().microservices[0].key).map { $0.instance.text } == ["i1"])
            try await eventually("they are quiet") {
                time.advance(by: .seconds(30))
                return service.registry.view.cartInstances == ["i1", "i2"]
            }
            let entries = try await service.journal.entries(JournalQuery(limit: 100))
            let told = entries.reversed().compactMap(\.damping)
            #expect(told == ["damped cart/i1 instances=1", "calmed instances=1"])
            group.cancelAll()
        }
        #expect(
            log.logged.suffix(2) == [
                "warning: instances of the source come and go; they stay out of sight until they are quiet",
                "info: instances of the source have been quiet, and are believed again",
            ])
    }
}

extension JournalEntry {
    /// What it tells of damping.
    fileprivate var damping: String? {
        guard case .transition(_, let state, let reason) = event, ["damped", "calmed"].contains(state) else {
            return nil
        }
        return "\(state) \(reason)"
    }
}

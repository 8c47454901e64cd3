import Discovery
import Registry
import TestSupport
import Testing

@testable import Federation

@Suite(.timeLimit(.minutes(1))) struct JournalTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What an entry tells, in a few words.
    private func texts(_ journal: Journal, limit: Int = 100) async throws -> [String] {
        try await journal.entries(JournalQuery(limit: limit)).reversed().map { entry in
            switch entry.event {
            case .change(let action, let cause, _, _, let instance): "\(action) \(instance) by \(cause)"
            case .firstWord(let cause, let changes): "\(changes) at first by \(cause)"
            case .transition(_, let to, _): "to \(to)"
            case .gap: "gap"
            }
        }
    }

    @Test func `Has each change with its cause, and each transition, over restarts`() async throws {
        do {
            // Who could still tell something holds the file.
            let source = ScriptedSource("a", [.says(Said.cart("i1", "i2"))])
            try await run(source) { service in
                try await eventually("the source has spoken") { service.registry.view.status("a")?.state == .synced }
                let tell = await source.teller()
                tell(.delta(Said.gone("i1")))
                var ended = Said.gone("i2")
                ended.cause = .expiry
                tell(.delta(ended))
            }
        }
        let next = ScriptedSource("a", [.says(Said.cart("i3"))])
        try await run(next) { service in
            try await eventually("the source has spoken") { service.registry.view.cartInstances == ["i3"] }
            try await eventually("it is synced") { service.registry.view.status("a")?.state == .synced }
            // The clock stands still: transitions and changes have no order.
            let all = try await texts(service.journal)
            #expect(
                all.filter { !$0.hasPrefix("to ") } == [
                    "2 at first by read", "delete i1 by told", "delete i2 by expiry", "create i3 by read",
                ])
            #expect(all.filter { $0.hasPrefix("to ") } == ["to synced", "to restored", "to synced"])
        }
    }

    @Test func `Is bounded: the oldest entries fall out, and numbers go on`() async throws {
        try await run(ScriptedSource("a", []), capacity: 3) { service in
            let registry = service.registry
            try await eventually("the source has spoken") { registry.view.status("a")?.state == .synced }
            registry.apply(Said.cart("i0"), from: SourceID("a"))
            for number in 1...9 {
                registry.apply(Said.instances("i\(number)"), from: SourceID("a"))
                if number % 4 == 0 { _ = try await texts(service.journal) }
            }
            #expect(try await texts(service.journal) == (7...9).map { "create i\($0) by read" })
            let numbers = try await service.journal.entries(JournalQuery(limit: 3)).map(\.number)
            #expect(numbers == (0..<3).map { numbers[0] - $0 })
            #expect(numbers[2] > 3)
        }
    }

    @Test func `A smaller one drops the oldest with the next entry, a larger one keeps more then`() async throws {
        try await run(ScriptedSource("a", [])) { service in
            let registry = service.registry
            try await eventually("the source has spoken") { registry.view.status("a")?.state == .synced }
            _ = try await texts(service.journal)
            registry.apply(Said.cart("i0"), from: SourceID("a"))
            for number in 1...9 { registry.apply(Said.instances("i\(number)"), from: SourceID("a")) }
            _ = try await texts(service.journal)
            await service.journal.keep(atMost: 3)
            registry.apply(Said.instances("i10"), from: SourceID("a"))
            #expect(try await texts(service.journal) == (8...10).map { "create i\($0) by read" })
            await service.journal.keep(atMost: 4)
            registry.apply(Said.instances("i11"), from: SourceID("a"))
            #expect(try await texts(service.journal) == (8...11).map { "create i\($0) by read" })
        }
    }

    @Test func `What fell out of the history before it was kept is a gap`() async throws {
        try await run(ScriptedSource("a", []), logCapacity: 2) { service in
            let registry = service.registry
            try await eventually("the source has spoken") { registry.view.status("a")?.state == .synced }
            _ = try await texts(service.journal)
            registry.apply(Said.cart("i0"), from: SourceID("a"))
            for number in 1...9 { registry.apply(Said.instances("i\(number)"), from: SourceID("a")) }
            #expect(try await texts(service.journal).last == "gap")
            registry.apply(Said.instances("i10"), from: SourceID("a"))
            #expect(try await texts(service.journal).suffix(2) == ["gap", "create i10 by read"])
        }
    }

    @Test func `Look-ups are no entries, and no gap however many they are`() async throws {
        try await run(ScriptedSource("a", []), logCapacity: 2) { service in
            let registry = service.registry
            try await eventually("the source has spoken") { registry.view.status("a")?.state == .synced }
            for number in 1...9 {
                registry.relate(Said.cart, to: ProviderRule(name: Said.cart.name, version: "\(number)"))
                _ = try await texts(service.journal)
            }
            registry.apply(Said.cart("i1"), from: SourceID("a"))
            #expect(try await texts(service.journal).filter { !$0.hasPrefix("to ") } == ["create i1 by read"])
        }
    }

    /// One run of the process.
    private func run(
        _ source: ScriptedSource, logCapacity: Int = 1_000, capacity: Int = 1_000,
        _ test: (FederationService) async throws -> Void
    ) async throws {
        let service = FederationService(
            sources: [source], epoch: 7, logCapacity: logCapacity, journalEntries: capacity,
            state: StateDirectory(directory.path), clock: ManualTime(), logger: LogRecorder().logger)
        try await service.restore()
        try await withThrowingTaskGroup { group in
            group.addTask { await service.run() }
            try await test(service)
            group.cancelAll()
        }
    }
}

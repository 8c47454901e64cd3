import Federation
import Locks
import Registry
import Testing

/// Many writers and many readers at once; run under ThreadSanitizer as well.
@Suite(.timeLimit(.minutes(1))) struct FederatedRegistryConcurrencyTests {
    private static let sources = ["a", "b", "c"]
    private static let rounds = 100

    private let registry = FederatedRegistry(
        sources: sources.map {
            SourceStatus(source: SourceID($0), plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 0))
        }, epoch: 7, logCapacity: 100_000, clock: FixedTime(42))

    /// How many batches the writers make: the cart, and then a new instance and its removal in each round.
    private let last = UInt64(sources.count * (1 + 2 * rounds))

    @Test func `Readers never see a revision go back, and each finds the whole history, once and in order`() async {
        let registry = registry
        await withTaskGroup { group in
            for source in Self.sources { group.addTask { await write(source, to: registry) } }
            for _ in 0..<4 {
                group.addTask {
                    let lies = await readAll(registry, until: last)
                    #expect(lies == [])
                }
            }
        }
        #expect(registry.view.revision.sequence == last)
        #expect(registry.view.cartInstances.count == 0)
    }

    @Test func `Whoever is woken finds the newest event, whichever thread made it`() async {
        let registry = registry
        let missed = Mutex(0)
        let listening = registry.listen {
            // History first: a view that is read later must not be older.
            guard case .batches(let batches) = registry.history(after: Revision(epoch: 7, sequence: 0)),
                let newest = batches.last, registry.view.revision >= newest.revision
            else { return missed.withLock { $0 += 1 } }
        }
        await withTaskGroup { group in
            for source in Self.sources { group.addTask { await write(source, to: registry) } }
        }
        listening.end()
        #expect(missed.withLock { $0 } == 0)
    }

    @Test func `Consumers that look up at once are each related once`() async {
        let registry = registry
        let rules = (0..<40).map { ProviderRule(name: Said.cart.name, version: "\($0)") }
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for rule in rules { registry.relate(Said.cart, to: rule) } } }
        }
        #expect(Set(registry.view.tables.relations(of: Said.cart)) == Set(rules))
        #expect(registry.view.tables.relations(of: Said.cart).count == rules.count)
        #expect(registry.view.revision.sequence == UInt64(rules.count))
    }
}

/// One source's story: an instance comes and goes, again and again.
private func write(_ source: String, to registry: FederatedRegistry) async {
    registry.apply(Said.cart(), from: SourceID(source))
    for round in 0..<100 {
        registry.apply(Said.instances("\(source)\(round)"), from: SourceID(source))
        await Task.yield()
        registry.apply(Said.gone("\(source)\(round)"), from: SourceID(source))
    }
}

/// Reads view and history until the last batch; returns what should never be seen.
private func readAll(_ registry: FederatedRegistry, until last: UInt64) async -> [String] {
    var lies: [String] = []
    var cursor = Revision(epoch: 7, sequence: 0)
    var instances: Set<String> = []
    var shown = cursor
    while cursor.sequence < last {
        guard case .batches(let batches) = registry.history(after: cursor) else { return ["compacted"] }
        for batch in batches {
            if batch.revision.sequence != cursor.sequence + 1 { lies.append("\(batch.revision) after \(cursor)") }
            cursor = batch.revision
            for change in batch.changes {
                if change.action == .delete {
                    instances.remove(change.instance.id.text)
                } else {
                    instances.insert(change.instance.id.text)
                }
            }
        }
        let view = registry.view
        if view.revision < shown { lies.append("view \(view.revision) after \(shown)") }
        if view.revision < cursor { lies.append("event \(cursor) before its view") }
        if view.revision == cursor, Set(view.cartInstances) != instances { lies.append("view \(cursor) is another") }
        shown = view.revision
        await Task.yield()
    }
    return lies
}

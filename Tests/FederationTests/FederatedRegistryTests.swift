import Federation
import Locks
import Registry
import Testing

@Suite struct FederatedRegistryTests {
    private let registry = FederatedRegistry(
        sources: ["a", "b"].map {
            SourceStatus(source: SourceID($0), plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 0))
        }, epoch: 7, logCapacity: 1_000, clock: FixedTime(42))

    private let a = SourceID("a")
    private let b = SourceID("b")

    @Test func `A new registry is empty, at sequence 0, and not ready`() {
        #expect(registry.view.revision == Revision(epoch: 7, sequence: 0))
        #expect(registry.view.tables.microserviceCount == 0)
        #expect(registry.view.sources.map(\.source.name) == ["a", "b"])
        #expect(!registry.view.isReady)
    }

    @Test func `A listener that is woken finds the event in the view and in the history`() {
        let registry = registry
        let seen = Mutex<[(view: RegistryView, batches: [EventBatch])]>([])
        let listening = registry.listen {
            let view = registry.view
            let last = seen.withLock { $0.last?.view.revision } ?? Revision(epoch: 7, sequence: 0)
            seen.withLock { $0.append((view, batches(registry.history(after: last)))) }
        }
        registry.apply(Said.cart("i1"), from: a)
        registry.apply(Said.instances("i2"), from: a)
        registry.apply(Said.gone("i1"), from: a)
        listening.end()
        let moments = seen.withLock { $0 }
        #expect(moments.map(\.view.revision.sequence) == [1, 2, 3])
        #expect(moments.map(\.view.cartInstances) == [["i1"], ["i1", "i2"], ["i2"]])
        #expect(moments.map { $0.batches.map(\.revision.sequence) } == [[1], [2], [3]])
        #expect(moments.flatMap { $0.batches.flatMap(\.changes).map(\.action) } == [.create, .create, .delete])
        #expect(moments.allSatisfy { $0.batches.allSatisfy { $0.observed == UnixTime(nanoseconds: 42) } })
    }

    @Test func `What nobody can see wakes nobody and makes no revision`() {
        registry.apply(Said.cart("i1"), from: a)
        registry.apply(Said.cart(), from: b)
        let (wakes, listening) = countWakes()
        let before = registry.view.revision
        registry.apply(Said.orphan("o1"), from: a)
        registry.apply(Said.instances("i1"), from: b)
        registry.apply(Said.gone("nothing"), from: a)
        registry.apply(RegistryDelta(), from: a)
        registry.update(a) { $0.state = .synced }
        #expect(wakes() == 0)
        #expect(registry.view.revision == before)
        #expect(batches(registry.history(after: before)).isEmpty)
        listening.end()
    }

    @Test func `The generation counts what may change an answer, and nothing else`() {
        var seen: [UInt64] = []
        func note() { seen.append(registry.view.generation) }
        registry.apply(Said.cart("i1"), from: a)
        note()
        registry.apply(RegistryDelta(), from: a)
        registry.update(a) { $0.state = .synced }
        note()
        // Only a weaker source's ID comes with it: no event tells that.
        registry.apply(Said.cart(), from: b)
        note()
        registry.retire(b)
        note()
        #expect(seen == [1, 1, 2, 3])
    }

    @Test func `What nobody is woken for is in the next view all the same`() {
        registry.apply(Said.cart("i1"), from: a)
        registry.apply(Said.orphan("o1"), from: a)
        registry.update(a) { $0.state = .synced }
        #expect(registry.view.status("a")?.counts.orphans == 1)
        #expect(registry.view.status("a")?.counts.visibleInstances == 1)
        #expect(registry.view.status("a")?.state == .synced)
        #expect(!registry.view.isReady)
        registry.update(b) { $0.state = .stale }
        #expect(registry.view.isReady)
    }

    @Test func `A look-up is related once, in a batch that names the consumer`() {
        let (wakes, listening) = countWakes()
        let rule = ProviderRule(name: Said.cart.name, version: "latest")
        for _ in 1...3 { registry.relate(Said.cart, to: rule) }
        #expect(wakes() == 1)
        #expect(registry.view.revision.sequence == 1)
        #expect(registry.view.tables.providers(of: Said.cart) == [rule])
        let batch = batches(registry.history(after: Revision(epoch: 7, sequence: 0)))
        #expect(batch.map(\.consumers) == [[Said.cart]])
        #expect(batch.flatMap(\.changes).count == 0)
        listening.end()
    }

    @Test func `A view that a reader keeps does not change`() {
        registry.apply(Said.cart("i1"), from: a)
        let kept = registry.view
        registry.apply(Said.instances("i2"), from: a)
        registry.retire(a)
        #expect(kept.cartInstances == ["i1"])
        #expect(kept.revision.sequence == 1)
    }

    @Test func `Retiring a source takes its instances and its status`() {
        registry.apply(Said.cart("i1"), from: a)
        registry.apply(Said.cart("i1", "i2"), from: b)
        let outcome = registry.retire(a)
        #expect(outcome.instances.map { "\($0.action) \($0.instance.id) \($0.source)" } == ["update i1 b"])
        #expect(registry.view.sources.map(\.source) == [b])
        #expect(registry.view.status("b")?.counts.visibleInstances == 2)
        #expect(registry.view.cartInstances == ["i1", "i2"])
    }

    @Test func `Who ended listening, or dropped the listening, is not woken`() {
        let (ended, listening) = countWakes()
        listening.end()
        let (dropped, _) = countWakes()
        registry.apply(Said.cart("i1"), from: a)
        #expect(ended() == 0)
        #expect(dropped() == 0)
    }

    private func countWakes() -> (count: @Sendable () -> Int, Listening) {
        let counter = WakeCounter()
        return ({ counter.count.withLock { $0 } }, registry.listen { counter.count.withLock { $0 += 1 } })
    }
}

private final class WakeCounter: Sendable {
    let count = Mutex(0)
}

/// The batches that a cursor finds; none when the log does not reach back to it, which is a failure.
func batches(_ reading: EventLog.Reading) -> [EventBatch] {
    guard case .batches(let batches) = reading else {
        Issue.record("the log does not reach back to the cursor")
        return []
    }
    return batches
}

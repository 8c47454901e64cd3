import Locks
import Registry
import Testing

@testable import Federation

/// Changes that are told as one, while answers show each of them at once.
@Suite(.timeLimit(.minutes(1))) struct CoalescingTests {
    private let time = ManualTime()
    private let registry: FederatedRegistry
    private let source = SourceID("a")

    init() {
        registry = FederatedRegistry(
            sources: [SourceStatus(source: source, plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 0))],
            epoch: 7, logCapacity: 10_000, coalescing: Coalescer.Policy(window: .milliseconds(100)), clock: time)
    }

    private func say(_ names: some Sequence<String>, _ revision: Int64) {
        var delta = RegistryDelta()
        delta.instances = names.map { name in
            let body = #"{"serviceId":"cart","instanceId":"\#(name)","n":"\#(revision)"}"#
            return Instance(
                ref: Said.instance(name, of: "cart").ref, status: .up, body: Array(body.utf8), serviceIDRange: 14..<18,
                upstreamRevision: revision, origin: "")
        }
        registry.apply(delta, from: source)
    }

    /// Everything that was told after a revision.
    private func told(after revision: Revision? = nil) -> [String] {
        guard case .batches(let batches) = registry.history(after: revision ?? Revision(epoch: 7, sequence: 0)) else {
            return ["compacted"]
        }
        return batches.flatMap(\.changes).map { "\($0.action.rawValue) \($0.instance.id.text)" }
    }

    @Test func `A storm is one event for each instance and window, and ends with the last state`() {
        let names = (0..<200).map { "i\($0)" }
        registry.apply(Said.cart(), from: source)
        say(names, 0)
        #expect(told().count == 200)
        var seen = registry.view.revision
        var counts: [String: Int] = [:]
        for round in 1...100 {
            time.advance(by: .milliseconds(10))
            registry.tellDue()
            say(names, Int64(round))
            for event in told(after: seen) { counts[event, default: 0] += 1 }
            seen = registry.view.revision
        }
        // A second of ten windows.
        #expect(counts.count == 200 && counts.values.allSatisfy { $0 == 10 })
        time.advance(by: .milliseconds(100))
        registry.tellDue()
        guard case .batches(let last) = registry.history(after: seen) else { return }
        let instances = last.flatMap(\.changes).map(\.instance)
        #expect(instances.count == 200 && instances.allSatisfy { $0.upstreamRevision == 100 })
        #expect(registry.folded == 200 * 89)
    }

    @Test func `A view shows what is not told yet, and a noisy microservice does not delay a lone change`() {
        registry.apply(Said.cart("noisy", "quiet"), from: source)
        time.advance(by: .milliseconds(150))
        let seen = registry.view.revision
        for round in 1...5 { say(["noisy"], Int64(round)) }
        #expect(told(after: seen) == ["UPDATE noisy"])
        let shown = registry.view.tables.microservice(Said.cart)?.instance(InstanceID("noisy"))?.visible
        #expect(shown?.upstreamRevision == 5)
        say(["quiet"], 1)
        #expect(told(after: seen) == ["UPDATE noisy", "UPDATE quiet"])
    }

    @Test func `Who begins with the present state hears no CREATE of what is in it, and no DELETE of what is not`() {
        registry.apply(Said.cart("i1", "i2"), from: source)
        registry.apply(Said.gone("i1"), from: source)
        say(["i2"], 1)
        #expect(told() == ["CREATE i1", "CREATE i2"])
        let woken = Mutex(0)
        let listening = registry.listen { woken.withLock { $0 += 1 } }
        let view = registry.begin { view, _ in view }
        #expect(view.cartInstances == ["i2"])
        #expect(told() == ["CREATE i1", "CREATE i2", "DELETE i1"])
        #expect(woken.withLock { $0 } == 1)
        time.advance(by: .milliseconds(100))
        registry.tellDue()
        #expect(told(after: view.revision) == ["UPDATE i2"])
        listening.end()
    }

    @Test func `Who looks a provider up hears nothing of what came before`() {
        registry.apply(Said.cart("i1"), from: source)
        registry.apply(Said.gone("i1"), from: source)
        registry.relate(Said.cart, to: ProviderRule(name: Said.cart.name, version: "latest"))
        guard case .batches(let batches) = registry.history(after: Revision(epoch: 7, sequence: 0)) else { return }
        #expect(batches.map { $0.changes.map(\.action) } == [[.create], [.delete], []])
        #expect(batches.map(\.consumers.isEmpty) == [true, true, false])
    }

    @Test func `What waits is told when its time has come, and all of it at the end`() async {
        let (told, tell) = AsyncStream.makeStream(of: Revision.self)
        let registry = registry
        let listening = registry.listen { tell.yield(registry.view.revision) }
        await withTaskGroup { group in
            group.addTask { await registry.tellWaiting() }
            registry.apply(Said.cart("i1"), from: source)
            say(["i1"], 1)
            await time.pauses(begun: 1)
            #expect(time.pauses == [.milliseconds(100)])
            time.advance(by: .milliseconds(100))
            for await revision in told where revision.sequence == 2 { break }
            say(["i1"], 2)
            await time.pauses(begun: 2)
            #expect(self.told() == ["CREATE i1", "UPDATE i1"])
            group.cancelAll()
        }
        #expect(self.told() == ["CREATE i1", "UPDATE i1", "UPDATE i1"])
        listening.end()
    }

    @Test func `What waits is told when another policy is adopted, and the next changes by that one`() {
        registry.apply(Said.cart(), from: source)
        say(["a"], 0)
        say(["a"], 1)
        let before = registry.view.revision
        registry.adopt(HistoryPolicy(changes: 10_000, coalescing: nil))
        #expect(told(after: before) == ["UPDATE a"])
        for number in 2...4 { say(["a"], Int64(number)) }
        #expect(told(after: before).count == 4)
        registry.adopt(
            HistoryPolicy(changes: 10_000, coalescing: Coalescer.Policy(window: .milliseconds(50), holdsFirst: true)))
        let seen = registry.view.revision
        for number in 5...7 { say(["a"], Int64(number)) }
        #expect(told(after: seen) == [])
        time.advance(by: .milliseconds(50))
        registry.tellDue()
        #expect(told(after: seen) == ["UPDATE a"])
        #expect(registry.folded == 2)
        registry.adopt(HistoryPolicy(changes: 10_000))
        #expect(registry.folded == 2, "what was counted stays")
    }

    @Test func `What waits is told under the former name of its source, before that has another one`() {
        registry.apply(Said.cart(), from: source)
        say(["a"], 0)
        say(["a"], 1)
        let before = registry.view.revision
        let names = [source: SourceID("b")]
        registry.reorganise([SourceID("b")], names: names, fresh: [], merging: MergePolicies())
        guard case .batches(let batches) = registry.history(after: before) else {
            Issue.record("the history is there")
            return
        }
        #expect(batches.map { $0.changes.map(\.source) } == [[source], []])
        #expect(batches.map(\.names) == [[], [source, SourceID("b")]])
    }

    @Test func `A shorter history forgets in steps what is too old, a longer one forgets nothing`() {
        registry.apply(Said.cart(), from: source)
        let start = registry.view.revision
        for number in 0..<9_000 { say(["i\(number)"], 0) }
        #expect(told(after: start).count == 9_000)
        registry.adopt(HistoryPolicy(changes: 20_000))
        #expect(told(after: start).count == 9_000)
        let middle = registry.view.revision
        for number in 0..<100 { say(["i\(number)"], 1) }
        registry.adopt(HistoryPolicy(changes: 1_024))
        #expect(told(after: start) == ["compacted"] && told(after: middle).count == 100)
    }
}

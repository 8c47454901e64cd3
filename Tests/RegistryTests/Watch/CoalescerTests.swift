import Registry
import TestSupport
import Testing

/// What is promised of changes that are told as one.
@Suite struct CoalescerTests {
    private static let window = Duration.milliseconds(100)

    /// What somebody knows who takes every event at its word; a word that makes no sense to it is counted.
    private struct Reader {
        var known: [String: [UInt8]] = [:]
        var nonsense = 0

        mutating func hear(_ action: VisibleChange.Action, _ change: VisibleChange) {
            let name = change.place
            if (known[name] == nil) != (action == .create) { nonsense += 1 }
            known[name] = action == .delete ? nil : change.instance.body
        }
    }

    /// All readers of one telling: of everything, and of each source.
    private struct Readers {
        var all = Reader()
        var bySource: [SourceID: Reader] = [:]
        let sources: [SourceID]

        init(_ sources: [SourceID]) {
            self.sources = sources
            bySource = Dictionary(uniqueKeysWithValues: sources.map { ($0, Reader()) })
        }

        mutating func hear(_ changes: [VisibleChange]) {
            for change in changes {
                all.hear(change.action, change)
                for source in sources {
                    let action = WatchScope(source: source.name).action(of: change)
                    if let action { bySource[source]?.hear(action, change) }
                }
            }
        }

        var known: [[String: [UInt8]]] { [all.known] + sources.map { bySource[$0]?.known ?? [:] } }
        var nonsense: Int { all.nonsense + bySource.values.reduce(0) { $0 + $1.nonsense } }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `Who hears what is told knows in the end what who hears everything knows`(seed: UInt64) {
        let history = History(seed: seed)
        var random = SeededGenerator(seed: seed)
        var registry = MergedRegistry(precedence: history.precedence)
        let capacity = seed.isMultiple(of: 3) ? 3 : 1_000
        let policy = Coalescer.Policy(window: Self.window, holdsFirst: seed.isMultiple(of: 2))
        var coalescer = Coalescer(policy, capacity: capacity)
        var (plain, told) = (Readers(history.sources), Readers(history.sources))
        var last: [String: Duration] = [:]
        var now = Duration.zero
        var (changes, events) = (0, 0)

        func tell(_ steps: [Coalescer.Step], inTime: Bool = true) {
            for (changes, _) in steps {
                for change in changes where inTime && capacity > 3 {
                    let name = change.place
                    if let last = last[name] { #expect(now - last >= Self.window) }
                    last[name] = now
                }
                events += changes.count
                told.hear(changes)
            }
        }
        for step in history.interleaved(seed) {
            // Changes of one instance in one step are the registry's: a window is about several steps.
            let outcome = registry.apply(step.delta, from: step.source).instances
            plain.hear(outcome)
            changes += outcome.count
            let occasion = Coalescer.Occasion(observed: UnixTime(nanoseconds: 1), cause: .read)
            tell([(coalescer.admit(outcome, occasion, at: now), occasion)])
            now += .milliseconds(random.below(60))
            if random.chance(70) { tell(coalescer.due(at: now)) }
        }
        tell(random.chance(50) ? coalescer.everything() : coalescer.due(at: now + Self.window), inTime: false)
        let isSame = told.known == plain.known
        #expect(isSame)
        #expect(plain.nonsense == 0)
        #expect(told.nonsense == 0)
        #expect(events + coalescer.folded == changes)
        #expect(coalescer.due(at: now + Self.window * 3).isEmpty)
        #expect(coalescer.due(at: now + Self.window * 5).isEmpty && coalescer.nextDue == nil)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `Who begins with the present state and goes on with what is told hears of nothing twice`(seed: UInt64) {
        let history = History(seed: seed)
        var random = SeededGenerator(seed: seed)
        var registry = MergedRegistry(precedence: history.precedence)
        var coalescer = Coalescer(
            Coalescer.Policy(window: Self.window, holdsFirst: seed.isMultiple(of: 2)), capacity: 1_000)
        var readers: [Reader] = []
        var all = Reader()
        var now = Duration.zero

        func tell(_ changes: [VisibleChange]) {
            for change in changes {
                for index in readers.indices { readers[index].hear(change.action, change) }
            }
        }
        for step in history.interleaved(seed) {
            let outcome = registry.apply(step.delta, from: step.source).instances
            for change in outcome { all.hear(change.action, change) }
            let occasion = Coalescer.Occasion(observed: UnixTime(nanoseconds: 1), cause: .read)
            tell(coalescer.admit(outcome, occasion, at: now))
            if random.chance(30) {
                for (changes, _) in coalescer.comingsAndGoings() { tell(changes) }
                readers.append(Reader(known: all.known))
            }
            now += .milliseconds(random.below(60))
            for (changes, _) in coalescer.due(at: now) { tell(changes) }
        }
        for (changes, _) in coalescer.everything() { tell(changes) }
        #expect(readers.allSatisfy { $0.known == all.known && $0.nonsense == 0 })
    }

    @Test func `The first change of a quiet instance is told at once, however noisy others are`() {
        var coalescer = Coalescer(Coalescer.Policy(window: Self.window), capacity: 1_000)
        var told: [String] = []
        for moment in 0..<1_000 {
            let now = Duration.milliseconds(moment)
            for (changes, _) in coalescer.due(at: now) { told += changes.map(\.instance.id.text) }
            var changes = [change(.update, "noisy", "\(moment)")]
            if moment % 200 == 150 { changes.append(change(.update, "quiet", "\(moment)")) }
            let here = coalescer.admit(changes, occasion, at: now).map(\.instance.id.text)
            if moment % 200 == 150 { #expect(here.contains("quiet")) }
            told += here
        }
        #expect(told.count { $0 == "quiet" } == 5)
        #expect(told.count { $0 == "noisy" } == 10)
    }

    @Test func `What was held is told as the difference to what was told`() {
        let cases: [(first: VisibleChange.Action, then: [VisibleChange.Action], told: [VisibleChange.Action])] = [
            (.create, [.delete], [.delete]), (.create, [.update, .delete], [.delete]),
            (.create, [.delete, .create], [.update]), (.update, [.update, .update], [.update]),
            (.delete, [.create], [.create]), (.delete, [.create, .update], [.create]),
            (.delete, [.create, .delete], []),
        ]
        for (first, then, expected) in cases {
            var coalescer = Coalescer(Coalescer.Policy(window: Self.window), capacity: 10)
            #expect(coalescer.admit([change(first, "i", "0")], occasion, at: .zero).count == 1)
            for (number, action) in then.enumerated() {
                let at = Duration.milliseconds(number)
                #expect(coalescer.admit([change(action, "i", "\(number + 1)")], occasion, at: at).isEmpty)
            }
            #expect(coalescer.due(at: Self.window - .nanoseconds(1)).isEmpty)
            let told = coalescer.due(at: Self.window).flatMap(\.changes)
            #expect(told.map(\.action) == expected)
            if let last = told.first {
                #expect(last.instance.body == change(first, "i", "\(then.count)").instance.body)
            }
        }
    }

    @Test func `Where the first change waits as well, each instance is one event in a window at most`() {
        let cases: [(changes: [VisibleChange.Action], told: [VisibleChange.Action])] = [
            ([.update], [.update]), ([.create], [.create]), ([.delete], [.delete]), ([.delete, .create], [.update]),
            ([.create, .delete], []), ([.update, .delete], [.delete]), ([.create, .update], [.create]),
            ([.delete, .create, .delete], [.delete]),
        ]
        for (changes, expected) in cases {
            var coalescer = Coalescer(Coalescer.Policy(window: Self.window, holdsFirst: true), capacity: 10)
            for (number, action) in changes.enumerated() {
                let at = Duration.milliseconds(number)
                #expect(coalescer.admit([change(action, "i", "\(number)")], occasion, at: at).isEmpty)
            }
            #expect(coalescer.due(at: Self.window - .nanoseconds(1)).isEmpty)
            let told = coalescer.due(at: Self.window).flatMap(\.changes)
            #expect(told.map(\.action) == expected)
            #expect(told.count + coalescer.folded == changes.count)
        }
    }

    @Test func `What comes back as it was is not told, and no more is remembered than was allowed`() {
        var coalescer = Coalescer(Coalescer.Policy(window: Self.window), capacity: 10)
        #expect(coalescer.admit([change(.create, "i", "0")], occasion, at: .zero).count == 1)
        #expect(coalescer.admit([change(.update, "i", "1")], occasion, at: .zero).isEmpty)
        #expect(coalescer.admit([change(.update, "i", "0")], occasion, at: .zero).isEmpty)
        #expect(coalescer.due(at: Self.window).isEmpty)
        #expect(coalescer.folded == 2)
        let many = (0..<100).map { change(.create, "i\($0)", "0") }
        #expect(coalescer.admit(many, occasion, at: .seconds(1)).count == 100)
        // The first ten are remembered, the others pass.
        #expect(coalescer.admit(many.map(\.next), occasion, at: .seconds(1)).count == 90)
        #expect(coalescer.due(at: .seconds(2)).flatMap(\.changes).count == 10)
    }

    private let occasion = Coalescer.Occasion(observed: UnixTime(nanoseconds: 1), cause: .told)

    private func change(_ action: VisibleChange.Action, _ id: String, _ note: String) -> VisibleChange {
        VisibleChange(
            action: action, microservice: "/shop/cart/1.0", canonicalID: "cart",
            instance: Sample.instance(InstanceID(id), of: "cart", note: note), source: "a")
    }
}

extension VisibleChange {
    /// The instance's name, of all tenants.
    fileprivate var place: String { "\(microservice.tenant) \(microservice) \(instance.id)" }

    /// Another one of the same instance.
    fileprivate var next: VisibleChange {
        VisibleChange(
            action: .update, microservice: microservice, canonicalID: canonicalID,
            instance: Sample.instance(instance.id, of: canonicalID, note: "next"), source: source)
    }
}

import Registry
import TestSupport
import Testing

/// The laws of the merge, over random histories: a failing seed is named in the message, and fails alone as well.
@Suite struct MergeLawTests {
    /// 512 seeds in blocks, so that the blocks run beside each other.
    static let blocks = (0..<16).map { UInt64($0) * 32..<UInt64($0 + 1) * 32 }

    @Test(arguments: blocks)
    func `The visible registry follows from what each source said last, in any order of arrival`(
        seeds: Range<UInt64>
    ) {
        for seed in seeds {
            let history = History(seed: seed)
            let orders = [history.interleaved(1), history.interleaved(2), history.weakestFirst]
            let oracle = NaiveRegistry(ranking: history.ranking, words: History.words(after: orders[0])).dump
            for (number, steps) in orders.enumerated() {
                let dump = RegistryDump(of: history.registry(after: steps), sources: history.sources)
                #expect(dump.difference(from: oracle) == [], "seed \(seed), order \(number)")
            }
        }
    }

    @Test(arguments: blocks)
    func `After every single step the registry is what the naive one is`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 4 == 0 {
            let history = History(seed: seed)
            var registry = MergedRegistry(precedence: history.precedence)
            var words: [SourceID: SpokenWords] = [:]
            for (number, step) in history.interleaved(3).enumerated() {
                _ = registry.apply(step.delta, from: step.source)
                words[step.source, default: SpokenWords()].take(step.delta)
                let oracle = NaiveRegistry(ranking: history.ranking, words: words).dump
                let dump = RegistryDump(of: registry, sources: history.sources)
                #expect(dump.difference(from: oracle) == [], "seed \(seed), step \(number)")
            }
        }
    }

    @Test(arguments: blocks)
    func `Replaying the changes gives exactly what is visible after every step`(seeds: Range<UInt64>) {
        for seed in seeds {
            let history = History(seed: seed)
            var registry = MergedRegistry(precedence: history.precedence)
            var replica = Replica()
            var microservices = 0
            for (number, step) in history.interleaved(4).enumerated() {
                let outcome = registry.apply(step.delta, from: step.source)
                let lies = replica.follow(outcome.instances)
                #expect(lies == [], "seed \(seed), step \(number)")
                #expect(!outcome.hasEndThatIsNone, "seed \(seed), step \(number)")
                let isSame = replica == Replica(of: registry.tables)
                #expect(isSame, "seed \(seed), step \(number): the replica is not what is visible")
                microservices += outcome.microservices[.create, default: 0]
                microservices -= outcome.microservices[.delete, default: 0]
                #expect(microservices == registry.tables.microserviceCount, "seed \(seed), step \(number)")
            }
        }
    }

    @Test(arguments: blocks)
    func `A source that says again what it holds changes no instance, and instances alone show nothing`(
        seeds: Range<UInt64>
    ) {
        for seed in seeds {
            let history = History(seed: seed)
            let steps = history.interleaved(6)
            var registry = history.registry(after: steps)
            let before = RegistryDump(of: registry, sources: history.sources)
            for (source, words) in History.words(after: steps) {
                let instances = registry.apply(RegistryDelta(instances: words.restated.instances), from: source)
                #expect(!instances.isVisible, "seed \(seed), source \(source)")
                let everything = registry.apply(words.restated, from: source)
                #expect(everything.instances.count == 0, "seed \(seed), source \(source)")
            }
            let after = RegistryDump(of: registry, sources: history.sources)
            #expect(after.difference(from: before) == [], "seed \(seed)")
        }
    }
}

extension MergeOutcome {
    /// Whether an instance of a microservice ends and begins in it.
    fileprivate var hasEndThatIsNone: Bool {
        func places(_ action: VisibleChange.Action) -> Set<String> {
            Set(
                instances.filter { $0.action == action }.map {
                    "\($0.microservice.tenant) \($0.microservice) \($0.instance.id)"
                })
        }
        return !places(.create).isDisjoint(with: places(.delete))
    }
}

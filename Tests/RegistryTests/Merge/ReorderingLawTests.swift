import Registry
import TestSupport
import Testing

/// The laws of the merge hold when another topology is applied: the registry is what one would be that had been made
/// for it, and the changes replay to it.
@Suite struct ReorderingLawTests {
    @Test(arguments: MergePolicy.allCases, MergeLawTests.blocks)
    func `Another order and another policy show what they would have shown from the beginning`(
        policy: MergePolicy, seeds: Range<UInt64>
    ) {
        for seed in seeds where seed % 4 == 1 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 4)
            var registry = MergedRegistry(precedence: Precedence(history.sources), policies: MergePolicies(policy))
            var (replica, words, standings) = (Replica(), [SourceID: SpokenWords](), [SourceID: Standing]())
            var (order, now) = (history.sources, policy)
            for (number, step) in history.interleaved(8).enumerated() {
                if random.chance(15) {
                    let standing: Standing = random.chance(50) ? .demoted : .full
                    standings[step.source] = standing
                    #expect(replica.follow(registry.give(standing, to: step.source).instances) == [], "seed \(seed)")
                }
                if random.chance(40) {
                    order.shuffle(using: &random)
                    now = random.chance(50) ? now : random.pick(MergePolicy.allCases)
                    let outcome = registry.reorder(order, policies: MergePolicies(now))
                    #expect(replica.follow(outcome.instances) == [], "seed \(seed), step \(number)")
                    #expect(registry.reorder(order, policies: MergePolicies(now)).isVisible == false)
                }
                #expect(replica.follow(registry.apply(step.delta, from: step.source).instances) == [], "seed \(seed)")
                words[step.source, default: SpokenWords()].take(step.delta)
                let oracle = NaiveRegistry(ranking: order, words: words, standings: standings, policy: now)
                let dump = RegistryDump(of: registry, sources: order)
                #expect(dump.difference(from: oracle.dump) == [], "seed \(seed), step \(number)")
                #expect(replica == Replica(of: registry.tables), "seed \(seed), step \(number)")
            }
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `A renamed source goes on as if it always had had its name, and no instance changes`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 2 == 0 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 5)
            let steps = history.interleaved(9)
            let (old, new, turn) = (random.pick(history.sources), SourceID("new"), random.below(steps.count))
            let name = { (source: SourceID) in source == old ? new : source }
            var registry = MergedRegistry(precedence: Precedence(history.sources))
            for step in steps[..<turn] { _ = registry.apply(step.delta, from: step.source) }
            let instances = registry.tables.instanceCount
            let outcome = registry.rename([old: new])
            #expect(outcome.names == (outcome.isVisible ? [old, new] : []), "seed \(seed)")
            #expect(outcome.instances.isEmpty && registry.tables.instanceCount == instances, "seed \(seed)")
            #expect(registry.counts(of: old) == SourceCounts(), "seed \(seed)")
            let order = history.sources.map(name)
            #expect(!registry.reorder(order, policies: MergePolicies()).isVisible, "seed \(seed)")
            for step in steps[turn...] { _ = registry.apply(step.delta, from: name(step.source)) }
            var words: [SourceID: SpokenWords] = [:]
            for step in steps { words[name(step.source), default: SpokenWords()].take(step.delta) }
            let oracle = NaiveRegistry(ranking: order, words: words).dump
            let dump = RegistryDump(of: registry, sources: order)
            #expect(dump.difference(from: oracle) == [], "seed \(seed)")
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `Sources that change names among themselves go on as if they always had had them`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 2 == 1 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 6)
            let steps = history.interleaved(9)
            var others = history.sources + ["new"]
            others.shuffle(using: &random)
            let names = Dictionary(uniqueKeysWithValues: zip(history.sources, others)).filter { $0 != $1 }
            let name = { (source: SourceID) in names[source] ?? source }
            let turn = random.below(steps.count)
            var registry = MergedRegistry(precedence: Precedence(history.sources))
            for step in steps[..<turn] { _ = registry.apply(step.delta, from: step.source) }
            let outcome = registry.rename(names)
            #expect(outcome.instances.isEmpty, "seed \(seed)")
            #expect(outcome.names.isSubset(of: history.sources + ["new"]), "seed \(seed)")
            let order = history.sources.map(name)
            #expect(!registry.reorder(order, policies: MergePolicies()).isVisible, "seed \(seed)")
            for step in steps[turn...] { _ = registry.apply(step.delta, from: name(step.source)) }
            var words: [SourceID: SpokenWords] = [:]
            for step in steps { words[name(step.source), default: SpokenWords()].take(step.delta) }
            let oracle = NaiveRegistry(ranking: order, words: words).dump
            #expect(RegistryDump(of: registry, sources: order).difference(from: oracle) == [], "seed \(seed)")
        }
    }

    @Test func `A source that is retired and comes back has its full standing`() {
        var registry = MergedRegistry(precedence: Precedence(["a"]))
        _ = registry.give(.dropped, to: "a")
        _ = registry.retire("a")
        #expect(registry.precedence.standing(of: "a") == .full)
    }
}

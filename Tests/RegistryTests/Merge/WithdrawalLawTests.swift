import Registry
import TestSupport
import Testing

/// What is left when a source goes, over random histories.
@Suite struct WithdrawalLawTests {
    @Test(arguments: MergeLawTests.blocks)
    func `A source's withdrawal leaves the registry of the other sources`(seeds: Range<UInt64>) {
        for seed in seeds {
            let history = History(seed: seed)
            let steps = history.interleaved(1)
            var registry = history.registry(after: steps)
            var words = History.words(after: steps)
            var replica = Replica(of: registry.tables)
            var random = SeededGenerator(seed: seed)
            for source in history.sources.shuffled(using: &random) {
                let outcome = registry.apply(registry.withdrawal(of: source), from: source)
                words[source] = nil
                #expect(replica.follow(outcome.instances) == [], "seed \(seed), source \(source)")
                let isSame = replica == Replica(of: registry.tables)
                #expect(isSame, "seed \(seed), source \(source): the replica is not what is visible")
                let oracle = NaiveRegistry(ranking: history.ranking, words: words).dump
                let dump = RegistryDump(of: registry, sources: history.sources)
                #expect(dump.difference(from: oracle) == [], "seed \(seed), source \(source)")
                #expect(registry.withdrawal(of: source).isEmpty, "seed \(seed), source \(source)")
            }
            #expect(registry.tables.instanceCount == 0, "seed \(seed)")
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `Retiring a source shows the same as its withdrawal`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 4 == 0 {
            let history = History(seed: seed)
            var withdrawn = history.registry(after: history.interleaved(2))
            var retired = withdrawn
            let source = history.sources[Int(seed) % history.sources.count]
            var (one, other) = (Replica(of: withdrawn.tables), Replica(of: retired.tables))
            let lies =
                one.follow(withdrawn.apply(withdrawn.withdrawal(of: source), from: source).instances)
                + other.follow(retired.retire(source).instances)
            #expect(lies == [], "seed \(seed)")
            let isSame = one == other
            #expect(isSame, "seed \(seed): the replicas differ")
            let dumps = [withdrawn, retired].map { RegistryDump(of: $0, sources: history.sources) }
            #expect(dumps[0].difference(from: dumps[1]) == [], "seed \(seed)")
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `A source that comes back after its withdrawal finds nothing that it had said`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 4 == 0 {
            let history = History(seed: seed)
            let steps = history.interleaved(3)
            var registry = history.registry(after: steps)
            let words = History.words(after: steps)
            let source = history.sources[Int(seed) % history.sources.count]
            _ = seed % 8 == 0 ? registry.retire(source) : registry.apply(registry.withdrawal(of: source), from: source)
            // A microservice for every ID that it ever spoke of: what it left behind would come out of hiding here.
            let again = RegistryDelta(words[source]?.refs.map { Sample.microservice($0.id, key(in: $0.tenant)) } ?? [])
            _ = registry.apply(again, from: source)
            var naive = words
            naive[source] = SpokenWords()
            naive[source]?.take(again)
            let oracle = NaiveRegistry(ranking: history.ranking, words: naive).dump
            let dump = RegistryDump(of: registry, sources: history.sources)
            #expect(dump.difference(from: oracle) == [], "seed \(seed)")
        }
    }

    @Test func `Retiring a source that never spoke changes nothing`() {
        var registry = MergedRegistry.holding(RegistryDelta([Sample.microservice("s1", "/shop/cart/1.0")]))
        let outcome = registry.retire("nobody")
        #expect(!outcome.isVisible && outcome.instances.isEmpty)
        #expect(registry.tables.microserviceCount == 1)
    }

    private func key(in tenant: Tenant) -> MicroserviceKey {
        var key: MicroserviceKey = "/shop/cart/1"
        key.name.tenant = tenant
        return key
    }
}

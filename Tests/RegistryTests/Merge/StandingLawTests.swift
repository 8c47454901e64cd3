import Registry
import TestSupport
import Testing

/// What is seen follows from what the sources said last and from their standing, in any order of both.
@Suite struct StandingLawTests {
    @Test(arguments: MergeLawTests.blocks)
    func `What is seen follows from words and standings, and the changes replay to it`(seeds: Range<UInt64>) {
        for seed in seeds {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 77)
            var registry = MergedRegistry(precedence: history.precedence, mark: StandingLawTests.mark)
            var replica = Replica()
            var words: [SourceID: SpokenWords] = [:]
            var standings: [SourceID: Standing] = [:]
            for (number, step) in history.interleaved(5).enumerated() {
                if random.chance(40) {
                    let source = random.pick(history.sources)
                    let standing = random.pick(StandingLawTests.standings)
                    standings[source] = standing
                    let lies = replica.follow(registry.give(standing, to: source).instances)
                    #expect(lies == [], "seed \(seed), standing before step \(number)")
                }
                let lies = replica.follow(registry.apply(step.delta, from: step.source).instances)
                #expect(lies == [], "seed \(seed), step \(number)")
                words[step.source, default: SpokenWords()].take(step.delta)
                let oracle = NaiveRegistry(ranking: history.ranking, words: words, standings: standings).dump
                let dump = RegistryDump(of: registry, sources: history.sources)
                #expect(dump.difference(from: oracle) == [], "seed \(seed), step \(number), \(standings)")
                let isSame = replica == Replica(of: registry.tables)
                #expect(isSame, "seed \(seed), step \(number): the replica is not what is visible")
            }
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `When every source has its full standing again nothing is left of the others`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 4 == 1 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed)
            var registry = MergedRegistry(precedence: history.precedence, mark: StandingLawTests.mark)
            for step in history.interleaved(6) {
                _ = registry.give(random.pick(StandingLawTests.standings), to: random.pick(history.sources))
                _ = registry.apply(step.delta, from: step.source)
            }
            for source in history.sources { _ = registry.give(.full, to: source) }
            let plain = RegistryDump(of: history.registry(after: history.interleaved(6)), sources: history.sources)
            let dump = RegistryDump(of: registry, sources: history.sources)
            #expect(dump.difference(from: plain) == [], "seed \(seed)")
        }
    }

    private static let standings: [Standing] = [
        .full, .marked(since: UnixTime(nanoseconds: 1)), .marked(since: UnixTime(nanoseconds: 2)), .demoted, .dropped,
    ]

    @Sendable private static func mark(_ instance: Instance, _ since: UnixTime) -> Instance {
        Instance(
            ref: instance.ref, status: instance.status, body: instance.body + Array("@\(since.nanoseconds)".utf8),
            serviceIDRange: Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound),
            upstreamRevision: instance.upstreamRevision, origin: instance.origin, original: instance)
    }
}

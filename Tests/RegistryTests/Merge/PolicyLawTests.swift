import Registry
import TestSupport
import Testing

/// The laws of the merge hold for every policy, beside standings that change.
@Suite struct PolicyLawTests {
    @Test(arguments: MergePolicy.allCases, MergeLawTests.blocks)
    func `What is seen follows from words, standings and policy, and the changes replay to it`(
        policy: MergePolicy, seeds: Range<UInt64>
    ) {
        for seed in seeds where seed % 8 == 0 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 78)
            var registry = registry(history, policy)
            var (replica, words, standings) = (Replica(), [SourceID: SpokenWords](), [SourceID: Standing]())
            for (number, step) in history.interleaved(7).enumerated() {
                if random.chance(15) {
                    let (source, standing) = (random.pick(history.sources), random.pick(PolicyLawTests.standings))
                    standings[source] = standing
                    #expect(replica.follow(registry.give(standing, to: source).instances) == [], "seed \(seed)")
                }
                let lies = replica.follow(registry.apply(step.delta, from: step.source).instances)
                #expect(lies == [], "seed \(seed), step \(number)")
                words[step.source, default: SpokenWords()].take(step.delta)
                let oracle = NaiveRegistry(
                    ranking: history.ranking, words: words, standings: standings, policy: policy)
                let dump = RegistryDump(of: registry, sources: history.sources)
                #expect(dump.difference(from: oracle.dump) == [], "seed \(seed), step \(number)")
                #expect(misunited(registry, policy, standings) == [], "seed \(seed), step \(number)")
                let isSame = replica == Replica(of: registry.tables)
                #expect(isSame, "seed \(seed), step \(number): the replica is not what is visible")
            }
        }
    }

    @Test(arguments: MergePolicy.allCases, MergeLawTests.blocks)
    func `What is said again changes nothing, and every order of arrival shows the same`(
        policy: MergePolicy, seeds: Range<UInt64>
    ) {
        for seed in seeds where seed % 8 == 3 {
            let history = History(seed: seed)
            var registry = registry(history, policy)
            for step in history.interleaved(1) { _ = registry.apply(step.delta, from: step.source) }
            for (source, words) in History.words(after: history.interleaved(1)) {
                let outcome = registry.apply(words.restated, from: source)
                #expect(outcome.instances.count == 0, "seed \(seed), source \(source)")
            }
            var other = self.registry(history, policy)
            for step in history.weakestFirst { _ = other.apply(step.delta, from: step.source) }
            let isSame = Replica(of: registry.tables) == Replica(of: other.tables)
            #expect(isSame, "seed \(seed)")
        }
    }

    @Test(arguments: [(MergePolicy.newest, "b"), (.oldest, "a")] as [(MergePolicy, SourceID)])
    func `The first and the last of all times have their order, too`(policy: MergePolicy, winner: SourceID) {
        var registry = MergedRegistry(
            precedence: Precedence(["none", "a", "b"]), policies: MergePolicies(policy))
        for (source, time) in [("none", nil), ("b", .max), ("a", .min)] as [(SourceID, Int64?)] {
            _ = registry.apply(
                RegistryDelta(
                    [Sample.microservice("s", "/shop/cart/1")],
                    instances: [Sample.instance("i", of: "s", modified: time)]), from: source)
        }
        #expect(registry.tables.microservice("/shop/cart/1")?.instance("i")?.source == winner)
    }

    @Test func `An application may have a policy of its own`() {
        let policies = MergePolicies(.precedence, applications: ["shop": .newest])
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]), policies: policies)
        let keys: [MicroserviceKey] = ["/shop/cart/1", "/bank/cart/1"]
        for (source, time) in [("strong", 1), ("weak", 2)] as [(SourceID, Int64)] {
            for key in keys {
                let id = ServiceID(key.name.application)
                _ = registry.apply(
                    RegistryDelta(
                        [Sample.microservice(id, key)],
                        instances: [Sample.instance("i", of: id, modified: time)]), from: source)
            }
        }
        #expect(keys.map { registry.tables.microservice($0)?.instance("i")?.source } == ["weak", "strong"])
    }

    @Test(arguments: MergePolicy.allCases, MergeLawTests.blocks)
    func `Within a list of sources its policy decides first, and the list stands where its first word does`(
        policy: MergePolicy, seeds: Range<UInt64>
    ) {
        for seed in seeds where seed % 8 == 5 {
            let history = History(seed: seed)
            var random = SeededGenerator(seed: seed &+ 79)
            let members = Set(history.sources.shuffled(using: &random).prefix(2 + random.below(2)))
            let lists = [MergePolicies.List(of: members, random.pick(MergePolicy.allCases))]
            var registry = registry(history, policy, lists)
            var (replica, words, standings) = (Replica(), [SourceID: SpokenWords](), [SourceID: Standing]())
            for (number, step) in history.interleaved(7).enumerated() {
                if random.chance(15) {
                    let (source, standing) = (random.pick(history.sources), random.pick(PolicyLawTests.standings))
                    standings[source] = standing
                    #expect(replica.follow(registry.give(standing, to: source).instances) == [], "seed \(seed)")
                }
                let lies = replica.follow(registry.apply(step.delta, from: step.source).instances)
                #expect(lies == [], "seed \(seed), step \(number)")
                words[step.source, default: SpokenWords()].take(step.delta)
                let oracle = NaiveRegistry(
                    ranking: history.ranking, words: words, standings: standings, policy: policy, lists: lists)
                let dump = RegistryDump(of: registry, sources: history.sources)
                #expect(dump.difference(from: oracle.dump) == [], "seed \(seed), step \(number)")
            }
        }
    }

    @Test func `A list of sources may be united, and an application's own policy does not ask it`() {
        let lists = [MergePolicies.List(of: ["b", "c"], .union)]
        for (application, expected) in [("shop", ["b+c", "b"]), ("bank", ["a", "a"])] {
            var registry = MergedRegistry(
                precedence: Precedence(["b", "a", "c"]),
                policies: MergePolicies(applications: ["bank": .newest], lists: lists), unite: Self.unite)
            let key: MicroserviceKey = application == "shop" ? "/shop/cart/1" : "/bank/cart/1"
            for source: SourceID in ["c", "a", "b"] {
                let instance = Sample.instance("i", of: "s", note: source.name, modified: source == "a" ? 2 : 1)
                _ = registry.apply(
                    RegistryDelta([Sample.microservice("s", key)], instances: [instance]), from: source)
            }
            let seen = registry.tables.microservice(key)?.instance("i")
            let name = seen?.visible.original == nil ? seen?.source.name : "b+c"
            #expect([name, seen?.source.name] == expected.map { $0 })
        }
    }

    private static let standings: [Standing] = [
        .full, .full, .marked(since: UnixTime(nanoseconds: 1)), .demoted, .dropped,
    ]

    private func registry(
        _ history: History, _ policy: MergePolicy, _ lists: [MergePolicies.List] = []
    ) -> MergedRegistry {
        MergedRegistry(
            precedence: history.precedence, policies: MergePolicies(policy, lists: lists), unite: PolicyLawTests.unite,
            mark: { Self.changed($0, "@\($1.nanoseconds)") })
    }

    /// Instances that do not show the words of all sources of the best standing, the strongest first.
    private func misunited(
        _ registry: MergedRegistry, _ policy: MergePolicy, _ standings: [SourceID: Standing]
    ) -> [InstanceID] {
        var wrong: [InstanceID] = []
        registry.tables.forEachMicroservice { merged in
            for instance in merged.instances {
                func isDemoted(_ source: SourceID) -> Bool {
                    [.demoted, .dropped].contains(standings[source] ?? .full)
                }
                let words = instance.contributions.prefix { isDemoted($0.source) == isDemoted(instance.source) }
                let isUnion = policy == .union && words.count { standings[$0.source] != .dropped } > 1
                var expected = words[0].instance
                if isUnion { expected = Self.unite(words.filter { standings[$0.source] != .dropped }.map(\.instance)) }
                if case .marked(let since)? = standings[instance.source] {
                    expected = Self.changed(expected, "@\(since.nanoseconds)")
                }
                if instance.visible.digest != expected.digest { wrong.append(instance.visible.id) }
            }
        }
        return wrong
    }

    @Sendable private static func unite(_ words: [Instance]) -> Instance {
        changed(words[0], "+" + words.dropFirst().map { String(decoding: $0.body, as: UTF8.self) }.joined())
    }

    private static func changed(_ instance: Instance, _ addition: String) -> Instance {
        Instance(
            ref: instance.ref, status: instance.status, body: instance.body + Array(addition.utf8),
            serviceIDRange: Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound),
            upstreamRevision: instance.upstreamRevision, origin: instance.origin, modified: instance.modified,
            original: instance.original ?? instance)
    }
}

import Registry

/// The oracle: the merged registry, computed from scratch out of what each source said last. Slow, and short enough to
/// be believed.
struct NaiveRegistry {
    /// The strongest first.
    let ranking: [SourceID]
    let words: [SourceID: SpokenWords]
    var standings: [SourceID: Standing] = [:]
    var policy = MergePolicy.precedence
    /// Sources among which another policy decides first.
    var lists: [MergePolicies.List] = []

    private typealias Word = (source: SourceID, microservice: Microservice)

    /// What must be visible.
    var dump: RegistryDump {
        var dump = RegistryDump()
        for source in ranking { dump.counts[source] = held(by: source) }
        let byKey = Dictionary(grouping: said, by: \.microservice.key)
        for (key, contributions) in byKey { describe(key, contributions, in: &dump) }
        let byID = Dictionary(grouping: said, by: \.microservice.ref)
        dump.claims = Set(
            byID.map { id in RegistryDump.claims(id.key, id.value.map { ($0.source, $0.microservice.key) }) })
        dump.names = names(Array(byKey.keys), of: byKey)
        for consumer in Set(words.values.flatMap(\.dependencies.keys)) {
            let rules = ranking.compactMap { source in
                words[source]?.dependencies[consumer].map { (source, $0) }
            }
            dump.dependencies.insert(RegistryDump.dependencies(consumer, rules))
        }
        return dump
    }

    /// Every microservice of every source, the strongest word first.
    private var said: [Word] {
        ranking.flatMap { source in
            let microservices = words[source].map { Array($0.microservices.values) } ?? []
            return microservices.sorted { $0.id.text < $1.id.text }.map { (source, $0) }
        }
    }

    private func held(by source: SourceID) -> SourceCounts {
        guard let words = words[source] else { return SourceCounts() }
        var counts = SourceCounts()
        counts.microservices = words.microservices.count
        counts.instances = words.instances.keys.count { words.microservices[$0.service] != nil }
        counts.orphans = words.instances.count - counts.instances
        return counts
    }

    private func describe(_ key: MicroserviceKey, _ contributions: [Word], in dump: inout RegistryDump) {
        var instances: [InstanceID: [(SourceID, Instance)]] = [:]
        var lines: [String] = []
        for (source, microservice) in contributions {
            let attachments = words[source]?.attachments[microservice.ref] ?? [:]
            lines.append(RegistryDump.contribution(source, microservice, Array(attachments.values)))
            for (ref, instance) in words[source]?.instances ?? [:] where ref.service == microservice.ref {
                instances[ref.id, default: []].append((source, instance))
            }
        }
        dump.counts[contributions[0].source]?.visibleMicroservices += 1
        instances = seen(instances)
        for visible in instances.values { dump.counts[visible[0].0]?.visibleInstances += 1 }
        dump.instanceCount += instances.count
        dump.microservices.insert(
            RegistryDump.microservice(
                key, contributions[0].microservice.id, contributions: lines,
                instances: instances.sorted { $0.key.text < $1.key.text }.map { RegistryDump.instance($0.value) }))
    }

    /// Each instance that is seen, with every word on it.
    private func seen(_ instances: [InstanceID: [(SourceID, Instance)]]) -> [InstanceID: [(SourceID, Instance)]] {
        let best = instances.mapValues { words in
            (0...2).flatMap { rank in inOrder(words.filter { self.rank($0.0) == rank }) }
        }
        let hasBetter = best.values.contains { rank($0[0].0) == 0 }
        return best.filter { rank($0.value[0].0) <= (hasBetter ? 0 : 1) }
    }

    /// Words of one rank, the strongest source's first, in the order in which they count: each list as one, where its
    /// first word stands and with the time of its best.
    private func inOrder(_ words: [(SourceID, Instance)]) -> [(SourceID, Instance)] {
        var blocks: [[(SourceID, Instance)]] = []
        var done: [MergePolicies.List] = []
        for word in words {
            guard let list = lists.first(where: { $0.sources.contains(word.0) }) else {
                blocks.append([word])
                continue
            }
            guard !done.contains(list) else { continue }
            done.append(list)
            blocks.append(inTime(words.filter { list.sources.contains($0.0) }, list.policy) { $0.1.modified })
        }
        return inTime(blocks, policy) { $0[0].1.modified }.flatMap(\.self)
    }

    /// In the order of a policy: those of each time in the order in which they stand.
    private func inTime<Element>(
        _ elements: [Element], _ policy: MergePolicy, _ time: (Element) -> Int64?
    ) -> [Element] {
        guard policy == .newest || policy == .oldest else { return elements }
        let times = Set(elements.compactMap(time)).sorted { policy == .oldest ? $0 < $1 : $0 > $1 }
        return times.flatMap { wanted in elements.filter { time($0) == wanted } } + elements.filter { time($0) == nil }
    }

    private func rank(_ source: SourceID) -> Int {
        switch standings[source] ?? .full {
        case .full, .marked: 0
        case .demoted: 1
        case .dropped: 2
        }
    }

    private func names(_ keys: [MicroserviceKey], of byKey: [MicroserviceKey: [Word]]) -> Set<String> {
        var byName: [String: [MicroserviceName: Set<MicroserviceKey>]] = [:]
        for key in keys {
            byName["name", default: [:]][key.name, default: []].insert(key)
            for (_, microservice) in byKey[key] ?? [] where microservice.alias != "" {
                var name = key.name
                name.name = microservice.alias
                byName["alias", default: [:]][name, default: []].insert(key)
            }
        }
        // Of the generator's versions one is the highest, and the others are equal as numbers.
        func place(_ key: MicroserviceKey) -> String { "\(key.version == "2.1" ? 0 : 1) \(key)" }
        return Set(
            byName.flatMap { kind, names in
                names.map { RegistryDump.name(kind, $0.key, $0.value.sorted { place($0) < place($1) }) }
            })
    }
}

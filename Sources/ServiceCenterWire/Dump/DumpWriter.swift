import HashTreeCollections
package import Registry

/// Our own dump: what `GET /v4/default/admin/dump` answers, piece by piece, so that no more than a piece is in memory
/// however large the registry is. `cluster` of an entry is the name of the source whose word counts; `via` names the
/// processes of Mainstem through which it came, where there are any.
package struct DumpWriter: IteratorProtocol {
    /// Pieces are at least this long, but for the last one.
    package static let pieceBytes = 64 << 10

    private let tables: RegistryTables
    private var writer = JSONWriter(reserving: DumpWriter.pieceBytes * 2)
    private var remaining: ArraySlice<DumpTable> = DumpTable.allCases[...]
    private var microservices: TreeDictionary<MicroserviceKey, MergedMicroservice>.Values.Iterator
    /// The instances of the current microservice that are not written yet.
    private var instances: (of: MergedMicroservice, next: Int)?
    /// The dependency rules that are not written yet; nil until their table begins.
    private var dependencies: ArraySlice<Dependency>?
    private var isTableOpen = false
    private var isStarted = false

    /// One entry of the table of dependencies.
    private struct Dependency {
        let name: String
        /// The consumer whose source and revision the entry shows.
        let consumer: MicroserviceKey
        /// The other side, and by which way it is known.
        let keys: [(key: MicroserviceKey, via: String)]
    }

    package init(_ tables: RegistryTables) {
        self.tables = tables
        microservices = tables.microservices.values.makeIterator()
    }

    /// The next piece; nil after the last one.
    package mutating func next() -> [UInt8]? {
        if !isStarted {
            isStarted = true
            writer.beginObject()
            writer.key("cache")
            writer.beginObject()
        }
        while let table = remaining.first {
            advance(table)
            if remaining.isEmpty {
                writer.endObject()
                writer.endObject()
            }
            if writer.bytes.count >= DumpWriter.pieceBytes { return writer.take() }
        }
        let last = writer.take()
        return last.isEmpty ? nil : last
    }

    /// Writes the next microservice's entries of a table, or ends the table.
    private mutating func advance(_ table: DumpTable) {
        if let (merged, next) = instances { return writeInstances(of: merged, from: next) }
        if table != .dependencyRules, let merged = microservices.next() {
            return write(table, of: merged)
        }
        if table == .dependencyRules, let dependency = nextDependency() { return write(dependency) }
        if isTableOpen { writer.endArray() }
        isTableOpen = false
        remaining.removeFirst()
        microservices = tables.microservices.values.makeIterator()
    }

    private mutating func write(_ table: DumpTable, of merged: MergedMicroservice) {
        let ref = ServiceRef(tenant: merged.key.tenant, id: merged.canonicalID)
        let canonical = merged.canonical
        let head = (revision: canonical.upstreamRevision, source: merged.source)
        switch table {
        case .services:
            entry(table, DumpKey.service(ref), head.revision, head.source, via: canonical.path) {
                $0.raw(canonical.body)
            }
        case .serviceIndexes:
            entry(table, DumpKey.index(merged.key), head.revision, head.source) { $0.string(ref.id.text) }
        case .serviceAliases where !canonical.alias.isEmpty:
            entry(table, DumpKey.alias(merged.key, canonical.alias), head.revision, head.source) {
                $0.string(ref.id.text)
            }
        case .instances: instances = (merged, 0)
        case .serviceTags, .serviceRules, .serviceRuleIndexes, .summaries: writeAttachments(table, of: merged, ref)
        case .serviceAliases, .dependencyRules: break
        }
    }

    private mutating func writeAttachments(_ table: DumpTable, of merged: MergedMicroservice, _ ref: ServiceRef) {
        guard merged.contributions.contains(where: { !$0.attachments.isEmpty }) else { return }
        for (key, (source, attachment)) in merged.attachments.sorted(by: { $0.key < $1.key }) {
            let name: String
            switch (table, key, attachment.content) {
            case (.serviceTags, .tags, _): name = DumpKey.tags(ref)
            case (.serviceRules, .rule(let id), _): name = DumpKey.rule(ref, id)
            case (.summaries, .schemaSummary(let id), _): name = DumpKey.summary(ref, id)
            case (.serviceRuleIndexes, .rule(let id), .rule(let rule)):
                entry(table, DumpKey.ruleIndex(ref, rule), attachment.upstreamRevision, source) { $0.string(id) }
                continue
            default: continue
            }
            entry(table, name, attachment.upstreamRevision, source) { $0.raw(attachment.body) }
        }
    }

    private mutating func writeInstances(of merged: MergedMicroservice, from first: Int) {
        var next = first
        while next < merged.instances.count, writer.bytes.count < DumpWriter.pieceBytes {
            let instance = merged.instances[next]
            let service = ServiceRef(tenant: merged.key.tenant, id: merged.canonicalID)
            let key = DumpKey.instance(InstanceRef(service: service, id: instance.visible.id))
            let visible = instance.visible
            entry(.instances, key, visible.upstreamRevision, instance.source, via: visible.path) {
                $0.instance(visible, of: merged)
            }
            next += 1
        }
        instances = next < merged.instances.count ? (merged, next) : nil
    }

    /// Both sides of who depends on whom: by consumer, and repeated by provider, as service-center keeps them.
    private func allDependencies() -> [Dependency] {
        var entries: [Dependency] = []
        var consumers: [ProviderRule: [MicroserviceKey]] = [:]
        for consumer in Set(tables.dependencies.keys).union(tables.relations.keys) {
            let rules = tables.providers(of: consumer)
            for rule in rules { consumers[rule, default: []].append(consumer) }
            let keys = rules.map { (MicroserviceKey(name: $0.name, version: $0.version), $0.path) }
            let name = DumpKey.dependency(ofConsumer: consumer)
            entries.append(Dependency(name: name, consumer: consumer, keys: keys))
        }
        for (provider, keys) in consumers {
            let name = DumpKey.dependency(ofProvider: provider)
            entries.append(Dependency(name: name, consumer: keys[0], keys: keys.map { ($0, "") }))
        }
        return entries
    }

    private mutating func nextDependency() -> Dependency? {
        if dependencies == nil { dependencies = allDependencies()[...] }
        return dependencies?.popFirst()
    }

    private mutating func write(_ dependency: Dependency) {
        let told = tables.dependencies[dependency.consumer]?.first
        let revision = told?.rule.upstreamRevision ?? 0
        entry(.dependencyRules, dependency.name, revision, told?.source ?? SourceID("")) { writer in
            writer.beginObject()
            writer.key("Dependency")
            writer.beginArray()
            for (key, via) in dependency.keys { writer.key(object: key, via: via) }
            writer.endArray()
            writer.endObject()
        }
    }

    private mutating func entry(
        _ table: DumpTable, _ key: String, _ revision: Int64, _ source: SourceID, via: String = "",
        _ value: (inout JSONWriter) -> Void
    ) {
        if !isTableOpen {
            writer.key(table.rawValue)
            writer.beginArray()
            isTableOpen = true
        }
        writer.beginObject()
        writer.member("key", key)
        writer.member("rev", revision)
        writer.member("cluster", ifPresent: source.name)
        writer.member("via", ifPresent: via)
        writer.key("value")
        value(&writer)
        writer.endObject()
    }
}

import Registry

/// Everything that is visible, as lines of text in an order of their own: what the registry shows, and what the oracle
/// says that it should show, are compared in this form.
struct RegistryDump: Equatable {
    var microservices: Set<String> = []
    var claims: Set<String> = []
    var names: Set<String> = []
    var dependencies: Set<String> = []
    var instanceCount = 0
    var counts: [SourceID: SourceCounts] = [:]

    init() {}

    init(of registry: MergedRegistry, sources: [SourceID]) {
        let tables = registry.tables
        for (key, merged) in tables.microservices.map({ ($0.key, $0.value) }) {
            let contributions = merged.contributions.map {
                RegistryDump.contribution($0.source, $0.microservice, Array($0.attachments.values))
            }
            var instances = merged.instances.map { instance in
                RegistryDump.instance(instance.contributions.map { ($0.source, $0.instance) })
            }
            // What is counted on the way must be what there is.
            let counted = Dictionary(uniqueKeysWithValues: merged.visibleCounts.map { ($0.source, $0.count) })
            if counted != Dictionary(grouping: merged.instances, by: \.source).mapValues(\.count) {
                instances.append("miscounted: \(counted)")
            }
            microservices.insert(
                RegistryDump.microservice(key, merged.canonicalID, contributions: contributions, instances: instances))
        }
        claims = Set(
            tables.claims.map { entry in
                RegistryDump.claims(entry.key, entry.value.map { ($0.source, $0.key) })
            })
        names = Set(
            tables.versions.map { RegistryDump.name("name", $0.key, $0.value.map(\.key)) }
                + tables.aliases.map { RegistryDump.name("alias", $0.key, $0.value.map(\.key)) })
        dependencies = Set(
            tables.dependencies.map { entry in
                RegistryDump.dependencies(entry.key, entry.value.map { ($0.source, $0.rule) })
            })
        instanceCount = tables.instanceCount
        for source in sources { counts[source] = registry.counts(of: source) }
    }

    /// The lines that only one of two dumps has; empty when they are equal.
    func difference(from other: RegistryDump) -> [String] {
        func sides(_ path: KeyPath<RegistryDump, Set<String>>) -> [String] {
            self[keyPath: path].subtracting(other[keyPath: path]).map { "- \($0)" }
                + other[keyPath: path].subtracting(self[keyPath: path]).map { "+ \($0)" }
        }
        var lines = sides(\.microservices) + sides(\.claims) + sides(\.names) + sides(\.dependencies)
        if instanceCount != other.instanceCount { lines.append("instances: \(instanceCount), \(other.instanceCount)") }
        for (source, count) in counts where count != other.counts[source] {
            lines.append("\(source): \(count), \(other.counts[source] ?? SourceCounts())")
        }
        return lines
    }
}

/// One line of each kind.
extension RegistryDump {
    static func microservice(
        _ key: MicroserviceKey, _ canonical: ServiceID, contributions: [String], instances: [String]
    ) -> String {
        "\(key.tenant) \(key) = \(canonical); \(contributions); \(instances)"
    }

    static func contribution(
        _ source: SourceID, _ microservice: Microservice, _ attachments: [Attachment]
    ) -> String {
        "\(source): \(text(microservice.body)) \(attachments.map { text($0.body) }.sorted())"
    }

    /// Every source's word of one instance, the visible one first.
    static func instance(_ words: [(SourceID, Instance)]) -> String {
        "\(words.map { "\($0.0): \(text($0.1.body))" })"
    }

    static func claims(_ ref: ServiceRef, _ claims: [(SourceID, MicroserviceKey)]) -> String {
        "\(ref.tenant) \(ref.id) means \(claims.map { "\($0.1) (\($0.0))" })"
    }

    static func name(_ kind: String, _ name: MicroserviceName, _ keys: [MicroserviceKey]) -> String {
        "\(kind) \(name.tenant) \(name.environment)/\(name.application)/\(name.name): \(keys)"
    }

    static func dependencies(_ consumer: MicroserviceKey, _ rules: [(SourceID, DependencyRule)]) -> String {
        "\(consumer.tenant) \(consumer) needs \(rules.map { "\($0.0): \(text($0.1.body))" })"
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

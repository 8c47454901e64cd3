package import HashTreeCollections

/// Everything that readers see, in persistent maps: a copy is O(1), and a writer that goes on pays only for what it
/// touches, however large the registry is.
package struct RegistryTables: Sendable {
    /// Who claims a microservice ID, and for which key.
    package struct Claim: Sendable {
        package let source: SourceID
        package let key: MicroserviceKey
    }

    /// The merged microservices.
    package internal(set) var microservices: TreeDictionary<MicroserviceKey, MergedMicroservice> = [:]
    /// Every ID of every source, canonical or alias; the strongest claim first.
    package internal(set) var claims: TreeDictionary<ServiceRef, [Claim]> = [:]
    /// The versions of each name, the highest first.
    package internal(set) var versions: TreeDictionary<MicroserviceName, [VersionedKey]> = [:]
    /// The same for aliases: the alias stands in the place of the name.
    package internal(set) var aliases: TreeDictionary<MicroserviceName, [VersionedKey]> = [:]
    /// What each consumer depends on, by source, the strongest first.
    package internal(set) var dependencies: TreeDictionary<MicroserviceKey, [SourcedDependency]> = [:]
    /// What consumers looked up here, by consumer: the aggregator's own part of who depends on whom.
    package internal(set) var relations: TreeDictionary<MicroserviceKey, [ProviderRule]> = [:]
    /// How many instances are visible.
    package internal(set) var instanceCount = 0

    package init() {}

    /// What a consumer looked up here.
    package func relations(of consumer: MicroserviceKey) -> [ProviderRule] { relations[consumer] ?? [] }

    /// What all consumers looked up here.
    package var allRelations: [(consumer: MicroserviceKey, rules: [ProviderRule])] {
        relations.map { ($0.key, $0.value) }
    }

    /// The microservice with this key.
    package func microservice(_ key: MicroserviceKey) -> MergedMicroservice? { microservices[key] }

    /// How many microservices are visible.
    package var microserviceCount: Int { microservices.count }

    /// Visits every microservice, in no order.
    package func forEachMicroservice(_ body: (MergedMicroservice) -> Void) {
        for merged in microservices.values { body(merged) }
    }

    /// Every microservice, in no order, one at a time.
    package func makeMicroserviceIterator() -> AnyIterator<MergedMicroservice> {
        AnyIterator(microservices.values.makeIterator())
    }

    /// The versions of a name, the highest first.
    package func versions(of name: MicroserviceName) -> [String] { (versions[name] ?? []).map(\.key.version) }

    /// Every consumer that depends on anything, known or not.
    package var consumers: Set<MicroserviceKey> { Set(dependencies.keys).union(relations.keys) }

    /// The microservices of one tenant and environment; linear in all.
    package func keys(in tenant: Tenant, environment: String) -> [MicroserviceKey] {
        microservices.keys.filter { $0.tenant == tenant && $0.name.environment == environment }
    }

    /// Everything that a consumer depends on: what the sources say and what it looked up here, each rule once.
    package func providers(of consumer: MicroserviceKey) -> [ProviderRule] {
        var rules = relations[consumer] ?? []
        for dependency in dependencies[consumer] ?? [] {
            for rule in dependency.rule.providers {
                guard let known = rules.firstIndex(of: rule) else {
                    rules.append(rule)
                    continue
                }
                // What somebody says at first hand stays when those who only pass it on say it no longer.
                if rule.path.isEmpty { rules[known].path = "" }
            }
        }
        return rules
    }

    /// The microservice that an ID means in a tenant, whichever source gave that ID.
    package func microservice(_ ref: ServiceRef) -> MergedMicroservice? {
        claims[ref].flatMap { microservices[$0[0].key] }
    }
}

/// One source's dependency rule.
package struct SourcedDependency: Sendable {
    package let source: SourceID
    package let rule: DependencyRule
}

/// A key with its version as a number, so that versions can be ordered.
package struct VersionedKey: Sendable, Equatable {
    package let number: VersionNumber
    package let key: MicroserviceKey

    package init(_ key: MicroserviceKey) {
        self.key = key
        number = VersionNumber(key.version) ?? .zero
    }

    /// Higher versions first; equal numbers (`3` and `3.0`) by text, so that the order is total.
    static func precedes(_ left: VersionedKey, _ right: VersionedKey) -> Bool {
        left.number == right.number ? left.key < right.key : left.number > right.number
    }
}

extension TreeDictionary<MicroserviceName, [VersionedKey]> {
    /// Adds a key under a name, in version order.
    mutating func insert(_ key: MicroserviceKey, under name: MicroserviceName) {
        let entry = VersionedKey(key)
        let keys = self[name] ?? []
        self[name, default: []].insert(entry, at: keys.firstIndex { VersionedKey.precedes(entry, $0) } ?? keys.endIndex)
    }

    /// Removes a key from under a name, and the name with its last key.
    mutating func remove(_ key: MicroserviceKey, under name: MicroserviceName) {
        guard var keys = self[name] else { return }
        keys.removeAll { $0.key == key }
        self[name] = keys.isEmpty ? nil : keys
    }
}

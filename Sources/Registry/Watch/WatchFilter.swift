import HashTreeCollections

/// Which changes one consumer hears of: those of the providers that it depends on and may access.
package struct WatchFilter: Sendable {
    package let consumer: MicroserviceKey
    /// The version rules of each provider name; a text that is no rule is left out.
    private var rules: [MicroserviceName: [VersionRule]] = [:]
    private var tenants: Set<Tenant> = []
    /// The provider names whose changes may concern the consumer; nil for everything in its tenant and environment.
    package private(set) var names: Set<MicroserviceName>?

    package init(consumer: MicroserviceKey, rules: [ProviderRule]) {
        self.consumer = consumer
        for rule in rules where !rule.isEverything {
            guard let version = VersionRule(rule.version) else { continue }
            self.rules[rule.name, default: []].append(version)
        }
        tenants = Set(rules.filter(\.isEverything).map(\.name.tenant))
        names = tenants.isEmpty ? Set(rules.map(\.name)) : nil
    }

    /// A filter of what this one lets pass beside what another one of the same consumer does; nil when that is nothing.
    package func beyond(_ other: WatchFilter) -> WatchFilter? {
        var rest = self
        rest.tenants.subtract(other.tenants)
        rest.rules = rules.filter { name, rules in
            !rules.allSatisfy { other.rules[name]?.contains($0) ?? false }
        }
        guard !rest.tenants.isEmpty || !rest.rules.isEmpty else { return nil }
        rest.names = rest.tenants.isEmpty ? Set(rest.rules.keys) : nil
        return rest
    }

    /// A filter that lets pass whatever one of two of the same consumer does.
    package func union(_ other: WatchFilter) -> WatchFilter {
        var both = self
        both.tenants.formUnion(other.tenants)
        both.rules.merge(other.rules) { mine, theirs in mine + theirs.filter { !mine.contains($0) } }
        both.names = names.flatMap { mine in other.names.map(mine.union) }
        return both
    }

    /// A provider as the registry has it now: looked up once for all who may hear of it.
    package struct Provider {
        package let key: MicroserviceKey
        fileprivate let version: VersionedKey
        /// Nil for one that is gone.
        fileprivate let merged: MergedMicroservice?
        fileprivate let isLatest: Bool

        package init(_ key: MicroserviceKey, in tables: RegistryTables) {
            self.key = key
            version = VersionedKey(key)
            merged = tables.microservices[key]
            // What was the latest until now counts too: its last instance's end must be heard.
            isLatest = tables.versions[key.name]?.first.map { [version] in version.number >= $0.number } ?? true
        }
    }

    /// Whether the consumer hears of a microservice's changes, as the registry is now.
    package func hears(of provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        hears(of: Provider(provider, in: tables), in: tables)
    }

    /// The same. A microservice that is gone is heard of by all who depended on it.
    /// Rules: service-center `GetAllConsumerIds`: a version rule must match, and access must be allowed.
    package func hears(of provider: Provider, in tables: RegistryTables) -> Bool {
        guard covers(provider) else { return false }
        guard let merged = provider.merged, !AccessControl.allowsEverybody(like: consumer.name, toFind: merged),
            let consumer = tables.microservices[consumer]
        else { return true }
        return AccessControl.allows(consumer, toFind: merged)
    }

    private func covers(_ provider: Provider) -> Bool {
        let key = provider.key
        if tenants.contains(key.tenant), key.name.environment == consumer.name.environment { return true }
        return rules[key.name]?.contains { $0 == .latest ? provider.isLatest : $0.covers(provider.version) } ?? false
    }
}

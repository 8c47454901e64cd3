import HashTreeCollections

/// Which changes one consumer hears of: those of the providers that it depends on and may access.
package struct WatchFilter: Sendable {
    package let consumer: MicroserviceKey
    /// The version rules of each provider name; a text that is no rule is left out.
    private var rules: [MicroserviceName: [VersionRule]] = [:]
    private var tenants: Set<Tenant> = []
    /// The provider names whose changes may concern the consumer; nil for everything in its tenant and environment.
    package let names: Set<MicroserviceName>?

    package init(consumer: MicroserviceKey, rules: [ProviderRule]) {
        self.consumer = consumer
        for rule in rules where !rule.isEverything {
            guard let version = VersionRule(rule.version) else { continue }
            self.rules[rule.name, default: []].append(version)
        }
        tenants = Set(rules.filter(\.isEverything).map(\.name.tenant))
        names = tenants.isEmpty ? Set(rules.map(\.name)) : nil
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

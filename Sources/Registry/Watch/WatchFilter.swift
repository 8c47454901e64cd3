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

    /// Whether the consumer hears of a microservice's changes, as the registry is now. A microservice that is gone is
    /// heard of by all who depended on it.
    /// Rules: service-center `GetAllConsumerIds`: a version rule must match, and access must be allowed.
    package func hears(of provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        guard covers(provider, in: tables) else { return false }
        guard let provider = tables.microservices[provider], let consumer = tables.microservices[consumer] else {
            return true
        }
        return AccessControl.allows(consumer, toFind: provider)
    }

    private func covers(_ provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        if tenants.contains(provider.tenant), provider.name.environment == consumer.name.environment { return true }
        return rules[provider.name]?.contains { $0.covers(provider, in: tables) } ?? false
    }
}

extension VersionRule {
    /// Whether the rule means this version of a name that it is for.
    fileprivate func covers(_ provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        guard case .latest = self else { return !select(from: [VersionedKey(provider)]).isEmpty }
        // What was the latest until now counts too: its last instance's end must be heard.
        guard let highest = tables.versions[provider.name]?.first else { return true }
        return VersionedKey(provider).number >= highest.number
    }
}

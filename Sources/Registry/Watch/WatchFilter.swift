import HashTreeCollections

/// Which changes one consumer hears of: those of the providers that it depends on and may access.
package struct WatchFilter: Sendable {
    package let consumer: MicroserviceKey
    package let rules: [ProviderRule]

    package init(consumer: MicroserviceKey, rules: [ProviderRule]) {
        self.consumer = consumer
        self.rules = rules
    }

    /// The provider names whose changes may concern the consumer; nil for everything in its tenant and environment.
    package var names: Set<MicroserviceName>? {
        rules.contains(where: \.isEverything) ? nil : Set(rules.map(\.name))
    }

    /// Whether the consumer hears of a microservice's changes, as the registry is now. A microservice that is gone is
    /// heard of by all who depended on it.
    /// Rules: service-center `GetAllConsumerIds`: a version rule must match, and access must be allowed.
    package func hears(of provider: MicroserviceKey, in tables: RegistryTables) -> Bool {
        guard rules.contains(where: { $0.covers(provider, for: consumer, in: tables) }) else { return false }
        guard let provider = tables.microservices[provider], let consumer = tables.microservices[consumer] else {
            return true
        }
        return AccessControl.allows(consumer, toFind: provider)
    }
}

extension ProviderRule {
    /// Whether the rule means this microservice.
    fileprivate func covers(
        _ provider: MicroserviceKey, for consumer: MicroserviceKey, in tables: RegistryTables
    ) -> Bool {
        if isEverything {
            return provider.tenant == name.tenant && provider.name.environment == consumer.name.environment
        }
        guard name == provider.name else { return false }
        switch VersionRule(version) {
        case nil: return false
        case .latest?:
            // What was the latest until now counts too: its last instance's end must be heard.
            guard let highest = tables.versions[provider.name]?.first else { return true }
            return VersionedKey(provider).number >= highest.number
        case let rule?: return !rule.select(from: [VersionedKey(provider)]).isEmpty
        }
    }
}

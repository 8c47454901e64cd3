/// Who depends on whom among the microservices that exist now: what the sources say and what consumers looked up here,
/// each rule resolved to the versions that it means.
package struct DependencyGraph: Sendable {
    private let tables: RegistryTables

    package init(_ tables: RegistryTables) { self.tables = tables }

    /// The microservices that a consumer depends on, each once; linear in its rules and their versions.
    package func providers(of consumer: MicroserviceKey) -> [MicroserviceKey] {
        var seen: Set<MicroserviceKey> = []
        var providers: [MicroserviceKey] = []
        for rule in tables.providers(of: consumer) {
            for key in resolve(rule, for: consumer) where seen.insert(key).inserted { providers.append(key) }
        }
        return providers
    }

    /// The consumers of every provider; linear in all rules. Consumers that no source knows are left out.
    package func consumersByProvider() -> [MicroserviceKey: [MicroserviceKey]] {
        var consumers: [MicroserviceKey: [MicroserviceKey]] = [:]
        for consumer in tables.consumers where tables.microservice(consumer) != nil {
            for provider in providers(of: consumer) { consumers[provider, default: []].append(consumer) }
        }
        return consumers
    }

    private func resolve(_ rule: ProviderRule, for consumer: MicroserviceKey) -> [MicroserviceKey] {
        if rule.isEverything {
            return tables.keys(in: rule.name.tenant, environment: consumer.name.environment)
        }
        return VersionRule(rule.version)?.find(rule.name, in: tables) ?? []
    }
}

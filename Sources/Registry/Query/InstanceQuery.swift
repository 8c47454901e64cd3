import HashTreeCollections

/// A consumer's question: which instances does a provider have?
package struct InstanceQuery: Sendable {
    /// Who asks; nil when the request names nobody.
    package var consumer: ServiceID?
    package var tenant: Tenant
    /// Ignored when there is a consumer: then the consumer's own environment counts.
    package var environment: String
    package var application: String
    /// The provider's name or alias.
    package var name: String
    /// The rule as written, and as understood.
    package var versionText: String
    package var version: VersionRule
    /// The provider must have all of these tags.
    package var tags: [String]

    package init(
        consumer: ServiceID?, tenant: Tenant, environment: String, application: String, name: String,
        versionText: String, version: VersionRule, tags: [String] = []
    ) {
        self.consumer = consumer
        self.tenant = tenant
        self.environment = environment
        self.application = application
        self.name = name
        self.versionText = versionText
        self.version = version
        self.tags = tags
    }

    package enum Answer: Sendable {
        case consumerUnknown
        /// No version that fits; the consumer, when one was named.
        case providerUnknown(consumer: MergedMicroservice?)
        case found(Found)
    }

    /// The providers that the consumer may see, highest version first; none when all are denied.
    package struct Found: Sendable {
        package let providers: [MergedMicroservice]
        package let revision: ContentRevision
        /// Who depends on what from now on; nil when nobody asked or nothing was found.
        package let relation: Relation?

        package init(providers: [MergedMicroservice], revision: ContentRevision, relation: Relation?) {
            self.providers = providers
            self.revision = revision
            self.relation = relation
        }
    }

    package struct Relation: Sendable {
        package let consumer: MicroserviceKey
        package let rule: ProviderRule
    }

    /// Answers from a view; costs the number of versions of the provider.
    /// Rules: service-center `findInstance`, `FindServiceIds` and the filters behind them.
    package func answer(from tables: RegistryTables) -> Answer {
        var asking: MergedMicroservice?
        var environment = environment
        if let consumer {
            guard let known = tables.microservice(ServiceRef(tenant: tenant, id: consumer)) else {
                return .consumerUnknown
            }
            asking = known
            environment = known.key.name.environment
        }
        let name = MicroserviceName(tenant: tenant, environment: environment, application: application, name: name)
        guard let keys = version.find(name, in: tables) else { return .providerUnknown(consumer: asking) }
        let providers = keys.compactMap { tables.microservices[$0] }.filter { provider in
            guard tags.isEmpty || Set(tags).isSubset(of: provider.tags.keys) else { return false }
            return asking.map { AccessControl.allows($0, toFind: provider) } ?? true
        }
        var relation: Relation?
        if let asking, let first = providers.first {
            let rule = ProviderRule(name: first.key.name, version: versionText)
            relation = Relation(consumer: asking.key, rule: rule)
        }
        return .found(
            Found(providers: providers, revision: ContentRevision(of: providers), relation: relation))
    }

    /// Whether it asks for the registry's own microservice, which is found from any tenant and in any environment.
    package var isAboutRegistry: Bool {
        MicroserviceName(tenant: .default, environment: "", application: application, name: name).isShared
    }
}

/// The environments that service-center knows (`envRegex` of its validators), in the order in which the shared
/// microservice is looked for.
package enum Environment: String, CaseIterable, Sendable {
    case none = ""
    case production
    case acceptance
    case testing
    case development
}

extension VersionRule {
    /// The keys that a name or alias and this rule mean; nil when the provider is unknown. An exact version that the
    /// name does not have may be an alias's; any other rule asks the alias only when the name has no version at all.
    package func find(_ name: MicroserviceName, in tables: RegistryTables) -> [MicroserviceKey]? {
        let named = tables.versions[name] ?? []
        if case .exact = self {
            let keys = select(from: named)
            if !keys.isEmpty { return keys }
            let aliased = select(from: tables.aliases[name] ?? [])
            return aliased.isEmpty ? nil : aliased
        }
        if !named.isEmpty { return select(from: named) }
        return tables.aliases[name].map { select(from: $0) }
    }
}

import Registry
import ServiceCenterWire
import Topology

/// What is seen of a source and how, entry by entry. Conditions are about the source's own names.
struct LensRules: Sendable {
    private let include: [MicroserviceCondition]
    private let exclude: [MicroserviceCondition]
    private let domain: Renaming
    private let project: Renaming
    let environment: Renaming
    let application: Renaming
    private let rewrite: [EndpointRewrite]
    /// What an instance gets that names no datacenter.
    private let location: Location?
    /// Whether entries may be out of sight, or in another place than in the source.
    let moves: Bool

    init(_ declaration: LensDeclaration, location: Location?) {
        include = declaration.include
        exclude = declaration.exclude
        domain = Renaming(declaration.rename.domain)
        project = Renaming(declaration.rename.project)
        environment = Renaming(declaration.rename.environment)
        application = Renaming(declaration.rename.application)
        rewrite = declaration.rewrite
        self.location = location
        moves = !include.isEmpty || !exclude.isEmpty || !declaration.rename.isEmpty
    }

    /// Whether a microservice of the source is in sight.
    func admits(_ key: MicroserviceKey, tags: [String: String]) -> Bool {
        (include.isEmpty || include.contains { $0.means(key, tags) }) && !excludes(key, tags: tags)
    }

    /// Whether it is out of sight even if it is included.
    func excludes(_ key: MicroserviceKey, tags: [String: String]) -> Bool {
        exclude.contains { $0.means(key, tags) }
    }

    func seen(_ tenant: Tenant) -> Tenant {
        Tenant(domain: domain.seen(tenant.domain), project: project.seen(tenant.project))
    }

    func seen(_ ref: ServiceRef) -> ServiceRef { ServiceRef(tenant: seen(ref.tenant), id: ref.id) }

    func seen(_ ref: InstanceRef) -> InstanceRef { InstanceRef(service: seen(ref.service), id: ref.id) }

    func seen(_ name: MicroserviceName) -> MicroserviceName {
        MicroserviceName(
            tenant: seen(name.tenant), environment: environment.seen(name.environment),
            application: application.seen(name.application), name: name.name)
    }

    func seen(_ key: MicroserviceKey) -> MicroserviceKey {
        MicroserviceKey(name: seen(key.name), version: key.version)
    }

    func seen(_ microservice: Microservice) -> Microservice { microservice.moved(to: seen(microservice.key)) }

    func seen(_ attachment: Attachment) -> Attachment {
        let ref = seen(attachment.service)
        guard ref != attachment.service else { return attachment }
        return Attachment(
            service: ref, key: attachment.key, content: attachment.content, body: attachment.body,
            upstreamRevision: attachment.upstreamRevision)
    }

    func seen(_ instance: Instance) -> Instance {
        let moved = instance.moved(to: seen(instance.ref))
        guard !rewrite.isEmpty || location != nil else { return moved }
        return moved.rewritten(endpoint: endpoint, location: location)
    }

    /// Rules of one consumer, or of several that are seen as one: each provider once.
    func seen(_ rules: [DependencyRule], of consumer: MicroserviceKey) -> DependencyRule {
        var providers: [ProviderRule] = []
        for rule in rules {
            for provider in rule.providers {
                let provider = ProviderRule(
                    name: seen(provider.name), version: provider.version, alias: provider.alias,
                    path: provider.path)
                if !providers.contains(provider) { providers.append(provider) }
            }
        }
        let revision = rules.map(\.upstreamRevision).max() ?? 0
        return DependencyRule(consumer: consumer, providers: providers, upstreamRevision: revision)
    }

    /// Where something new in the source belongs, to be seen in this tenant; nil when nothing can be.
    func origin(of tenant: Tenant) -> Tenant? {
        guard let domain = domain.origin(of: tenant.domain), let project = project.origin(of: tenant.project) else {
            return nil
        }
        return Tenant(domain: domain, project: project)
    }

    private func endpoint(_ text: String) -> String {
        guard var address = InstanceAddress(text) else { return text }
        for rule in rewrite where rule.scheme?.matches(address.scheme) ?? true {
            guard let (host, port) = rule.rewritten(host: address.host, port: address.port) else { continue }
            (address.host, address.port) = (host, port)
            return address.description
        }
        return text
    }
}

extension MicroserviceCondition {
    fileprivate func means(_ key: MicroserviceKey, _ tags: [String: String]) -> Bool {
        (domain?.matches(key.tenant.domain) ?? true) && (project?.matches(key.tenant.project) ?? true)
            && (environment?.matches(key.name.environment) ?? true)
            && (application?.matches(key.name.application) ?? true) && (name?.matches(key.name.name) ?? true)
            && (version?.matches(key.version) ?? true)
            && self.tags.allSatisfy { tag in tags[tag.key].map(tag.value.matches) ?? false }
    }
}

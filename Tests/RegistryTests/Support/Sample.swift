import Registry

/// Entries as a source would say them; what a test does not care for has a default.
enum Sample {
    static func microservice(
        _ id: ServiceID, _ key: MicroserviceKey, alias: String = "", traits: Microservice.Traits = .init(),
        allowsCrossApplication: Bool = false, note: String = ""
    ) -> Microservice {
        Microservice(
            ref: ServiceRef(tenant: key.tenant, id: id), key: key, alias: alias, traits: traits,
            allowsCrossApplication: allowsCrossApplication,
            body: Array("{\"serviceId\":\"\(id)\",\"key\":\"\(key)\",\"alias\":\"\(alias)\",\"n\":\"\(note)\"}".utf8),
            upstreamRevision: 1, origin: "")
    }

    /// An instance of the microservice with this ID; `note` stands for everything that may change.
    static func instance(
        _ id: InstanceID, of service: ServiceID, in tenant: Tenant = .default, status: InstanceStatus = .up,
        note: String = "", modified: Int64? = nil
    ) -> Instance {
        let before = "{\"serviceId\":\""
        let body = "\(before)\(service)\",\"instanceId\":\"\(id)\",\"n\":\"\(note)\"}"
        let start = before.utf8.count
        return Instance(
            ref: InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id), status: status,
            body: Array(body.utf8), serviceIDRange: start..<start + service.text.utf8.count, upstreamRevision: 1,
            origin: "", modified: modified)
    }

    static func tags(_ tags: [String: String], of service: ServiceID, in tenant: Tenant = .default) -> Attachment {
        let body = tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return Attachment(
            service: ServiceRef(tenant: tenant, id: service), key: .tags, content: .tags(tags), body: Array(body.utf8),
            upstreamRevision: 1)
    }

    /// An access rule with the ID `number`.
    static func rule(
        _ rule: AccessRule, number: Int = 0, of service: ServiceID, in tenant: Tenant = .default
    ) -> Attachment {
        Attachment(
            service: ServiceRef(tenant: tenant, id: service), key: .rule("r\(number)"), content: .rule(rule),
            body: Array("\(rule.kind) \(rule.attribute) \(rule.pattern)".utf8), upstreamRevision: 1)
    }

    static func dependency(_ consumer: MicroserviceKey, on providers: [ProviderRule]) -> DependencyRule {
        let body = providers.map { "\($0.name.name)@\($0.version)" }.joined(separator: ",")
        return DependencyRule(
            consumer: consumer, providers: providers, body: Array(body.utf8), upstreamRevision: 1)
    }
}

extension RegistryDelta {
    /// A delta that says things, and withdraws nothing.
    init(
        _ microservices: [Microservice] = [], instances: [Instance] = [], attachments: [Attachment] = [],
        dependencies: [DependencyRule] = []
    ) {
        self.init()
        self.microservices = microservices
        self.instances = instances
        self.attachments = attachments
        self.dependencies = dependencies
    }
}

extension MergedRegistry {
    /// What one source says, merged: the shortest way to a registry for a test of what is asked of it.
    static func holding(_ delta: RegistryDelta) -> MergedRegistry {
        var registry = MergedRegistry(precedence: Precedence(["home"]))
        _ = registry.apply(delta, from: "home")
        return registry
    }
}

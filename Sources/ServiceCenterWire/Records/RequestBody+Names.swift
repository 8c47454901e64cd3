package import Registry

/// Bodies of requests that say where a microservice belongs, under other names. What cannot be read stays as it is, for
/// the registry that is asked to refuse it.
extension RequestBody {
    package typealias Translation = (MicroserviceName) throws(ServiceCenterError) -> MicroserviceName

    /// `{"service":{…},…}` with another environment and application.
    package static func translating(
        registration body: [UInt8], in tenant: Tenant, _ translate: Translation
    ) throws(ServiceCenterError) -> [UInt8] {
        guard let record = try? MicroserviceRegistration(request: body).microservice,
            let service = try? JSONEdit.members(["service"], of: body)["service"]
        else { return body }
        var name = record.key(in: tenant).name
        // Rule: a registration without an application is of the application `default`.
        if name.application.isEmpty { name.application = "default" }
        let translated = try translate(name)
        var changes: [JSONEdit.Member] = []
        if translated.application != name.application {
            changes.append(("appId", JSONEdit.text(translated.application)))
        }
        if translated.environment != name.environment {
            changes.append(("environment", JSONEdit.text(translated.environment)))
        }
        guard !changes.isEmpty else { return body }
        return edited(body) { () throws(JSONError) in
            try JSONEdit.setting([("service", JSONEdit.setting(changes, in: service))], in: body)
        }
    }

    /// `{"dependencies":[{"consumer":{…},"providers":[{…}]}]}` with other tenants, environments and applications.
    package static func translating(
        dependencies body: [UInt8], in tenant: Tenant, _ translate: Translation
    ) throws(ServiceCenterError) -> [UInt8] {
        guard let records = try? DependencyRecord.list(request: body, in: tenant),
            let list = try? JSONEdit.members(["dependencies"], of: body)["dependencies"],
            let elements = try? JSONEdit.elements(of: list), records.count == elements.count
        else { return body }
        var edited: [[UInt8]] = []
        for (record, element) in zip(records, elements) {
            guard let members = try? JSONEdit.members(["consumer", "providers"], of: element) else { return body }
            var changes: [JSONEdit.Member] = []
            if let consumer = members["consumer"] {
                changes.append(("consumer", try translating(key: consumer, record.consumer.name, translate)))
            }
            if let text = members["providers"], let providers = try? JSONEdit.elements(of: text) {
                guard providers.count == record.providers.count else { return body }
                var translated: [[UInt8]] = []
                for (rule, provider) in zip(record.providers, providers) {
                    translated.append(try translating(key: provider, rule.name, translate))
                }
                changes.append(("providers", JSONEdit.array(translated)))
            }
            edited.append(self.edited(element) { () throws(JSONError) in try JSONEdit.setting(changes, in: element) })
        }
        return self.edited(body) { () throws(JSONError) in
            try JSONEdit.setting([("dependencies", JSONEdit.array(edited))], in: body)
        }
    }

    /// One key of a declaration, whose name is known with what it takes over from its consumer.
    private static func translating(
        key: [UInt8], _ name: MicroserviceName, _ translate: Translation
    ) throws(ServiceCenterError) -> [UInt8] {
        let translated = try translate(name)
        guard translated != name,
            let written = try? JSONEdit.members(["tenant", "env", "environment"], of: key)
        else { return key }
        var changes: [JSONEdit.Member] = []
        if written["tenant"] != nil { changes.append(("tenant", JSONEdit.text(translated.tenant.description))) }
        if !translated.application.isEmpty { changes.append(("appId", JSONEdit.text(translated.application))) }
        let environments = ["env", "environment"].filter { written[$0] != nil }
        for member in environments.isEmpty ? ["environment"] : environments {
            changes.append((member, JSONEdit.text(translated.environment)))
        }
        return edited(key) { () throws(JSONError) in try JSONEdit.setting(changes, in: key) }
    }

    private static func edited(_ body: [UInt8], _ edit: () throws(JSONError) -> [UInt8]) -> [UInt8] {
        (try? edit()) ?? body
    }
}

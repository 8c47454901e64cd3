import Discovery
import Registry
import ServiceCenterWire

/// Whether what a source says shows a write that it has answered. Pure.
///
/// Where it cannot be told, it counts as shown: a set of heartbeats, which changes nothing that is served; what a
/// registration brought beside the microservice; the text of a schema, which no dump has; a change of every instance
/// with certain properties.
struct Visibility {
    let tables: RegistryTables
    let source: SourceID
    let tenant: Tenant

    /// `write` is in the IDs of the client.
    func shows(_ write: RegistryWrite, _ answer: WriteAnswer) -> Bool {
        switch write {
        case .registerMicroservice: answer.member("serviceId").map { merged(ServiceID($0)) != nil } ?? true
        case .registerInstance(let service, _):
            answer.member("instanceId").map { merged(service)?.instance(InstanceID($0)) != nil } ?? true
        case .unregisterInstance(let service, let id): word(service, id) == nil
        case .unregisterMicroservice(let id, _): word(id) == nil
        case .changeStatus(let service, let id, let status): word(service, id)?.status == status
        case .changeInstanceProperties(let service, let id, let body):
            word(service, id)?.properties == texts("properties", of: body)
        case .changeMicroserviceProperties(let id, let body):
            word(id).flatMap { try? MicroserviceRecord(kept: $0.microservice.body) }?.properties
                == texts("properties", of: body)
        case .addTags(let id, let body): tags(of: id) == texts("tags", of: body)
        case .updateTag(let id, let key, let value): tags(of: id)[key] == value
        case .deleteTags(let id, let keys): keys.allSatisfy { tags(of: id)[$0] == nil }
        case .addRules(let id, _): answer.ruleIDs.allSatisfy { rule($0, of: id) != nil }
        case .updateRule(let id, let rule, let body): shows(body, as: self.rule(rule, of: id))
        case .deleteRules(let id, let rules): rules.allSatisfy { rule($0, of: id) == nil }
        case .putSchema(let id, let schema, let body): shows(body, as: schema, of: id)
        case .putSchemas(let id, let body): shows(all: body, of: id)
        case .deleteSchema(let id, let schema): summary(of: schema, of: id) == nil
        case .declareDependencies(let body, let isWhole): shows(declared: body, isWhole)
        case .heartbeat, .heartbeats, .changeStatuses: true
        }
    }

    private func merged(_ id: ServiceID) -> MergedMicroservice? {
        tables.microservice(ServiceRef(tenant: tenant, id: id))
    }

    /// What the source says of a microservice.
    private func word(_ id: ServiceID) -> MicroserviceContribution? {
        merged(id)?.contributions.first { $0.source == source }
    }

    private func word(_ service: ServiceID, _ id: InstanceID) -> InstanceRecord? {
        let words = merged(service)?.instance(id)?.contributions ?? []
        let own = words.first { $0.source == source }?.instance
        return own.flatMap { try? InstanceRecord(kept: $0.body) }
    }

    private func tags(of id: ServiceID) -> [String: String] {
        guard case .tags(let tags)? = word(id)?.attachments[.tags]?.content else { return [:] }
        return tags
    }

    private func rule(_ rule: String, of id: ServiceID) -> RuleRecord? {
        word(id)?.attachments[.rule(rule)].flatMap { try? RuleRecord(kept: $0.body) }
    }

    private func shows(_ body: [UInt8], as rule: RuleRecord?) -> Bool {
        guard let rule, let asked = try? RuleRecord(request: body) else { return false }
        return rule.rule == asked.rule && rule.description == asked.description
    }

    private func summary(of schema: String, of id: ServiceID) -> String? {
        guard let body = word(id)?.attachments[.schemaSummary(schema)]?.body else { return nil }
        return try? JSONReader.read(body) { reader throws(JSONError) in try reader.string() }
    }

    private func shows(_ body: [UInt8], as schema: String, of id: ServiceID) -> Bool {
        guard let asked = try? SchemaRecord(schema, request: body), let word = word(id) else { return true }
        if !asked.summary.isEmpty { return summary(of: schema, of: id) == asked.summary }
        return MicroserviceFields.schemas(in: word.microservice.body).contains(schema)
    }

    /// Where schemas are fixed, those that are there are passed over: then it is enough that each has a summary.
    private func shows(all body: [UInt8], of id: ServiceID) -> Bool {
        guard let asked = try? SchemaRecord.list(request: body), let word = word(id) else { return true }
        let isFixed = ["", "production"].contains(word.microservice.key.name.environment)
        for schema in asked {
            guard let kept = summary(of: schema.id, of: id), isFixed || kept == schema.summary else { return false }
        }
        let names = Set(asked.map(\.id))
        return isFixed
            || word.attachments.keys.allSatisfy {
                if case .schemaSummary(let name) = $0 { names.contains(name) } else { true }
            }
    }

    /// Every provider that was declared is there, or everything is; of a consumer that has said all, nothing else.
    private func shows(declared body: [UInt8], _ isWhole: Bool) -> Bool {
        guard let records = try? DependencyRecord.list(request: body, in: tenant) else { return true }
        return records.allSatisfy { record in
            let kept = Set(tables.providers(of: record.consumer, in: source))
            guard !kept.contains(where: \.isEverything) else {
                return !isWhole || record.providers.contains(where: \.isEverything)
            }
            return isWhole ? kept == Set(record.providers) : kept.isSuperset(of: record.providers)
        }
    }

    /// The texts in `{NAME:{…}}`.
    private func texts(_ name: StaticString, of body: [UInt8]) -> [String: String] {
        var texts: [String: String] = [:]
        try? RequestBody.members(body) { reader, key throws(JSONError) in
            if reader.equals(key, name) { texts = try reader.stringMap() } else { try reader.skip() }
        }
        return texts
    }
}

extension WriteAnswer {
    /// The IDs in `{"RuleIds":[…]}`.
    fileprivate var ruleIDs: [String] {
        var ids: [String] = []
        try? RequestBody.members(body) { reader, key throws(JSONError) in
            if reader.equals(key, "RuleIds") { ids = try reader.stringList() } else { try reader.skip() }
        }
        return ids
    }
}

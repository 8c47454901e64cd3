import Discovery
import Registry
import ServiceCenterWire

/// What a write means in the merged registry.
extension RegistryWrite {
    /// Whether anything that is served is different after it: heartbeats only keep things as they are.
    var changesWhatIsServed: Bool {
        switch self {
        case .heartbeat, .heartbeats: false
        default: true
        }
    }

    /// The same write with the ID by which a source knows the microservice, whichever source's ID the client used.
    func naming(_ tables: RegistryTables, in tenant: Tenant, as source: SourceID) -> RegistryWrite {
        func known(_ id: ServiceID) -> ServiceID {
            let merged = tables.microservice(ServiceRef(tenant: tenant, id: id))
            return merged?.contributions.first { $0.source == source }?.microservice.id ?? id
        }
        return switch self {
        case .registerMicroservice, .heartbeats, .declareDependencies: self
        case .unregisterMicroservice(let id, let force): .unregisterMicroservice(known(id), force: force)
        case .changeMicroserviceProperties(let id, let body): .changeMicroserviceProperties(known(id), body: body)
        case .registerInstance(let id, let body): .registerInstance(known(id), body: body)
        case .unregisterInstance(let id, let instance): .unregisterInstance(known(id), instance)
        case .heartbeat(let id, let instance): .heartbeat(known(id), instance)
        case .changeStatus(let id, let instance, let status): .changeStatus(known(id), instance, status: status)
        case .changeInstanceProperties(let id, let instance, let body):
            .changeInstanceProperties(known(id), instance, body: body)
        case .putSchema(let id, let schema, let body): .putSchema(known(id), schema: schema, body: body)
        case .putSchemas(let id, let body): .putSchemas(known(id), body: body)
        case .deleteSchema(let id, let schema): .deleteSchema(known(id), schema: schema)
        case .addTags(let id, let body): .addTags(known(id), body: body)
        case .updateTag(let id, let key, let value): .updateTag(known(id), key: key, value: value)
        case .deleteTags(let id, let keys): .deleteTags(known(id), keys: keys)
        }
    }

    /// Whether what was registered is there, and what was unregistered is not. Other writes cannot be told from what
    /// was there before: they count as visible after one read.
    func isVisible(in tables: RegistryTables, _ answer: WriteAnswer, _ tenant: Tenant) -> Bool {
        func merged(_ id: ServiceID) -> MergedMicroservice? { tables.microservice(ServiceRef(tenant: tenant, id: id)) }
        switch self {
        case .registerMicroservice:
            return answer.id("serviceId").map { merged(ServiceID($0)) != nil } ?? true
        case .registerInstance(let service, _):
            return answer.id("instanceId").map { merged(service)?.instance(InstanceID($0)) != nil } ?? true
        case .unregisterInstance(let service, let id): return merged(service)?.instance(id) == nil
        default: return true
        }
    }
}

extension WriteAnswer {
    /// The ID in `{"serviceId":"…"}` or `{"instanceId":"…"}`.
    fileprivate func id(_ name: String) -> String? {
        let members = try? JSONReader.read(body) { reader throws(JSONError) in try reader.stringMap() }
        return members?[name]
    }
}

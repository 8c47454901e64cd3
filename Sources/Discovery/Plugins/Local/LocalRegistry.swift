import Registry
import ServiceCenterWire

/// A registry of microservices and instances with leases. Pure: time and randomness come in, answers and deltas go out.
/// Rules: service-center's `MicroServiceService` and `InstanceService`, and the recorded writes.
struct LocalRegistry: Sendable {
    let settings: LocalSettings
    var records: [ServiceRef: MicroserviceRecord] = [:]
    var ids: [MicroserviceKey: ServiceID] = [:]
    var instances: [ServiceRef: [InstanceID: InstanceRecord]] = [:]
    var schemas: [ServiceRef: [String: SchemaRecord]] = [:]
    var tags: [ServiceRef: [String: String]] = [:]
    var dependencies: [MicroserviceKey: [ProviderRule]] = [:]
    var leases = Leases<InstanceRef>()
    var instanceCount = 0
    /// Grows with each change, as an upstream's revisions do.
    var revision: Int64 = 0

    init(settings: LocalSettings) { self.settings = settings }

    /// What a write answers and changes.
    struct Outcome {
        var answer = WriteAnswer()
        var delta = RegistryDelta()
    }

    /// The moment of a write: the time of day for stamps, the uptime for leases, and the ID for an instance that brings
    /// none.
    struct Moment {
        let time: UnixTime
        let uptime: Duration
        let newInstanceID: InstanceID
        /// Whole seconds since 1970, as stamps are written.
        var stamp: String { "\(time.nanoseconds / 1_000_000_000)" }
    }

    mutating func perform(
        _ write: RegistryWrite, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        switch write {
        case .registerMicroservice(let body):
            return try register(MicroserviceRecord(request: body), in: tenant, at: moment)
        case .unregisterMicroservice(let id, let force):
            return try unregister(ServiceRef(tenant: tenant, id: id), force: force)
        case .changeMicroserviceProperties(let id, let body):
            return try change(ServiceRef(tenant: tenant, id: id), properties: body, at: moment)
        case .registerInstance(let id, let body):
            let record = try InstanceRecord(request: body)
            return try register(record, of: ServiceRef(tenant: tenant, id: id), at: moment)
        case .unregisterInstance(let service, let id):
            return try unregister(InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id))
        case .heartbeat(let service, let id):
            let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            guard leases.renew(ref, at: moment.uptime) else {
                throw ServiceCenterError(.instanceUnknown, "leaseId not exist, instance not exist")
            }
            return Outcome()
        case .heartbeats(let body): return try heartbeats(body, in: tenant, at: moment)
        case .changeStatus(let service, let id, let status):
            try FieldRule.newStatus.check(status, "UpdateInstanceStatusRequest.Status")
            let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            return try change(ref, at: moment) { $0.status = status }
        case .changeInstanceProperties(let service, let id, let body):
            let properties = try Requests.properties(body)
            let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            return try change(ref, at: moment) { $0.properties = properties }
        case .putSchema, .putSchemas, .deleteSchema, .addTags, .updateTag, .deleteTags, .declareDependencies:
            return try attach(write, in: tenant, at: moment)
        }
    }

    /// The writes of what is kept beside microservices.
    private mutating func attach(
        _ write: RegistryWrite, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        switch write {
        case .putSchema(let id, let schema, let body):
            let record = try SchemaRecord(schema, request: body)
            return try put([record], of: ServiceRef(tenant: tenant, id: id), replacing: false, at: moment)
        case .putSchemas(let id, let body):
            let records = try SchemaRecord.list(request: body)
            return try put(records, of: ServiceRef(tenant: tenant, id: id), replacing: true, at: moment)
        case .deleteSchema(let id, let schema):
            return try deleteSchema(schema, of: ServiceRef(tenant: tenant, id: id))
        case .addTags(let id, let body):
            return try add(tags: Requests.map("tags", body), to: ServiceRef(tenant: tenant, id: id))
        case .updateTag(let id, let key, let value):
            return try updateTag(key, to: value, of: ServiceRef(tenant: tenant, id: id))
        case .deleteTags(let id, let keys):
            return try delete(tags: keys, of: ServiceRef(tenant: tenant, id: id))
        case .declareDependencies(let body, let isWhole):
            return try declare(DependencyRecord.list(request: body, in: tenant), isWhole: isWhole)
        default: return Outcome()
        }
    }

    /// Ends the leases whose time has come.
    mutating func expire(at uptime: Duration) -> RegistryDelta {
        var delta = RegistryDelta()
        for ref in leases.expire(at: uptime) {
            guard instances[ref.service]?.removeValue(forKey: ref.id) != nil else { continue }
            instanceCount -= 1
            delta.removedInstances.append(ref)
        }
        return delta
    }

    mutating func nextRevision() -> Int64 {
        revision += 1
        return revision
    }
}

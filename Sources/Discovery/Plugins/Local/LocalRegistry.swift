import HashTreeCollections
import Registry
import ServiceCenterWire

/// A registry of microservices and instances. Pure: time and randomness come in, answers and changes go out. Its tables
/// are persistent, so that a copy of the whole costs nothing: writes are tried on a copy, which replaces the original
/// once they are kept.
/// Rules: service-center's `MicroServiceService` and `InstanceService`, and the recorded writes.
struct LocalRegistry: Sendable {
    var settings: LocalSettings
    /// Everything that belongs to one microservice.
    var holdings: TreeDictionary<ServiceRef, Holding> = [:]
    var ids: TreeDictionary<MicroserviceKey, ServiceID> = [:]
    /// The same by aliases: an alias stands in the place of the name.
    var aliases: TreeDictionary<MicroserviceKey, ServiceID> = [:]
    var dependencies: TreeDictionary<MicroserviceKey, [ProviderRule]> = [:]
    var instanceCount = 0
    /// Grows with each change, as an upstream's revisions do.
    var revision: Int64 = 0

    init(settings: LocalSettings) { self.settings = settings }

    /// What is kept of one microservice: entries as they are told, decoded only to change them.
    struct Holding: Sendable {
        var microservice: Microservice
        var instances: TreeDictionary<InstanceID, Instance> = [:]
        var schemas: [String: SchemaRecord] = [:]
        var tags: [String: String] = [:]
        var rules: [String: RuleRecord] = [:]

        init(_ microservice: Microservice) { self.microservice = microservice }
    }

    /// What a write answers and changes.
    struct Outcome: Sendable {
        var answer = WriteAnswer()
        var delta = RegistryDelta()
        /// Schemas whose texts changed, which no delta has; nil for one that is gone.
        var schemas: [(service: ServiceRef, id: String, schema: SchemaRecord?)] = []
        /// Leases that begin, with their lengths. Those of removed instances end with them.
        var granted: [(instance: InstanceRef, length: Duration)] = []
        /// Leases that begin anew, with the lengths that they have.
        var renewed: [(instance: InstanceRef, length: Duration)] = []

        /// Kept instances whose microservice was removed while the disk did not take their own removal.
        var orphans: [StoredEntry] = []
    }

    /// The moment of a write: the time of day for stamps, and the ID for an instance that brings none.
    struct Moment: Sendable {
        let time: UnixTime
        let newInstanceID: InstanceID
        /// Whole seconds since 1970, as stamps are written.
        var stamp: String { "\(time.nanoseconds / 1_000_000_000)" }
    }

    mutating func perform(
        _ write: RegistryWrite, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try Self.checkIDs(of: write)
        try checkSize(of: write)
        switch write {
        case .registerMicroservice(let body):
            return try register(MicroserviceRegistration(request: body), in: tenant, at: moment)
        case .unregisterMicroservice(let id, let force):
            return try unregister(ServiceRef(tenant: tenant, id: id), force: force)
        case .changeMicroserviceProperties(let id, let body):
            return try change(ServiceRef(tenant: tenant, id: id), properties: body, at: moment)
        case .registerInstance(let id, let body):
            let record = try InstanceRecord(request: body)
            return try register(record, of: ServiceRef(tenant: tenant, id: id), at: moment)
        case .unregisterInstance(let service, let id):
            return try unregister(InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id))
        case .changeStatus(let service, let id, let status):
            try FieldRule.newStatus.check(status, "UpdateInstanceStatusRequest.Status")
            let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            return try change(ref, at: moment) { $0.status = status }
        case .changeStatuses(let properties, let status):
            return try changeStatuses(to: status, having: properties, in: tenant, at: moment)
        case .changeInstanceProperties(let service, let id, let body):
            let properties = try Requests.properties(body, refusal: "Unmarshal error")
            let ref = InstanceRef(service: ServiceRef(tenant: tenant, id: service), id: id)
            return try change(ref, at: moment) { $0.properties = properties }
        // Heartbeats are the leases' own: see `LocalState`.
        case .heartbeat, .heartbeats: return Outcome()
        case .putSchema, .putSchemas, .deleteSchema, .addTags, .updateTag, .deleteTags, .addRules, .updateRule,
            .deleteRules, .declareDependencies:
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
            return try put(record, of: ServiceRef(tenant: tenant, id: id))
        case .putSchemas(let id, let body):
            let records = try SchemaRecord.list(request: body)
            return try put(all: records, of: ServiceRef(tenant: tenant, id: id))
        case .deleteSchema(let id, let schema):
            return try deleteSchema(schema, of: ServiceRef(tenant: tenant, id: id))
        case .addTags(let id, let body):
            return try replace(tags: Requests.map("tags", body), of: ServiceRef(tenant: tenant, id: id))
        case .updateTag(let id, let key, let value):
            return try updateTag(key, to: value, of: ServiceRef(tenant: tenant, id: id))
        case .deleteTags(let id, let keys):
            return try delete(tags: keys, of: ServiceRef(tenant: tenant, id: id))
        case .addRules(let id, let body):
            let records = try RuleRecord.list(request: body)
            return try add(rules: records, to: ServiceRef(tenant: tenant, id: id), at: moment)
        case .updateRule(let id, let rule, let body):
            let record = try RuleRecord(request: body)
            return try updateRule(rule, to: record, of: ServiceRef(tenant: tenant, id: id), at: moment)
        case .deleteRules(let id, let rules):
            return try delete(rules: rules, of: ServiceRef(tenant: tenant, id: id))
        case .declareDependencies(let body, let isWhole):
            return try declare(DependencyRecord.list(request: body, in: tenant), isWhole: isWhole)
        default: return Outcome()
        }
    }

    func instance(_ ref: InstanceRef) -> Instance? { holdings[ref.service]?.instances[ref.id] }

    mutating func nextRevision() -> Int64 {
        revision += 1
        return revision
    }
}

import HashTreeCollections
import Registry
import ServiceCenterWire

extension LocalRegistry {
    mutating func unregister(_ ref: ServiceRef, force: Bool) throws(ServiceCenterError) -> Outcome {
        let shared = ServiceRef(tenant: .default, id: Dialect.registryID)
        guard ref != shared, holdings[ref]?.microservice.key.name.isShared != true else {
            throw ServiceCenterError(.invalidParameters, "not allow to delete service center")
        }
        guard let holding = holdings[ref] else { throw .unknownService }
        let key = holding.microservice.key
        guard force || !isProvider(key) else {
            throw ServiceCenterError(.hasConsumers, "Can not delete this service, other service rely it.")
        }
        guard holding.instances.isEmpty || force else {
            throw ServiceCenterError(.hasInstances, "Can not delete the service deployed instance(s).")
        }
        var outcome = Outcome()
        outcome.delta.removedInstances = holding.instances.values.map(\.ref)
        instanceCount -= holding.instances.count
        holdings[ref] = nil
        ids[key] = nil
        if let alias = key.alias(holding.microservice.alias) { aliases[alias] = nil }
        if !holding.tags.isEmpty { outcome.delta.removedAttachments.append((ref, .tags)) }
        for id in holding.schemas.keys {
            outcome.delta.removedAttachments.append((ref, .schemaSummary(id)))
            outcome.schemas.append((ref, id, nil))
        }
        for id in holding.rules.keys { outcome.delta.removedAttachments.append((ref, .rule(id))) }
        if dependencies.removeValue(forKey: key) != nil { outcome.delta.removedDependencies.append(key) }
        outcome.delta.removedMicroservices = [ref]
        return outcome
    }

    mutating func change(
        _ ref: ServiceRef, properties body: [UInt8], at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        let properties = try Requests.properties(body)
        guard let holding = holdings[ref] else { throw .unknownService }
        var record = try holding.record
        record.properties = properties
        record.modTimestamp = moment.stamp
        var outcome = Outcome()
        outcome.delta.microservices = [keep(record, at: ref)]
        return outcome
    }

    /// Keeps a record, and gives it as a source tells it.
    mutating func keep(_ record: MicroserviceRecord, at ref: ServiceRef) -> Microservice {
        let microservice = record.microservice(in: ref.tenant, upstreamRevision: nextRevision())
        holdings[ref, default: Holding(microservice)].microservice = microservice
        return microservice
    }

    mutating func register(
        _ request: InstanceRecord, of service: ServiceRef, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        var record = request
        record.serviceID = service.id.text
        try record.validate()
        // A chosen ID that is known is a heartbeat, not a second registration.
        let chosen = InstanceRef(service: service, id: InstanceID(request.id))
        if !request.id.isEmpty, let known = instance(chosen) {
            var outcome = Outcome(answer: .id("instanceId", request.id))
            outcome.renewed = [(chosen, try InstanceRecord(known).lease)]
            return outcome
        }
        try record.healthCheck?.validateLease()
        guard let owner = holdings[service] else {
            throw ServiceCenterError(.microserviceUnknown, "Invalid 'serviceID' in request body.")
        }
        try ServiceCenterQuota.check(.instance, of: settings.instances, used: instanceCount, adding: 1)
        if record.id.isEmpty { record.id = moment.newInstanceID.text }
        if record.status.isEmpty { record.status = InstanceStatus.up.rawValue }
        if record.healthCheck == nil { record.healthCheck = InstanceRecord.HealthCheck() }
        record.healthCheck?.applyPlatformDefaults()
        record.timestamp = moment.stamp
        record.modTimestamp = moment.stamp
        record.version = owner.microservice.key.version
        instanceCount += 1
        let instance = keep(record, in: service.tenant)
        var outcome = Outcome(answer: .id("instanceId", record.id))
        outcome.delta.instances = [instance]
        outcome.granted = [(instance.ref, record.lease)]
        return outcome
    }

    mutating func unregister(_ ref: InstanceRef) throws(ServiceCenterError) -> Outcome {
        guard holdings[ref.service]?.instances.removeValue(forKey: ref.id) != nil else {
            throw ServiceCenterError(.instanceUnknown, "Instance's leaseId not exist.")
        }
        instanceCount -= 1
        var outcome = Outcome()
        outcome.delta.removedInstances = [ref]
        return outcome
    }

    /// Removes the instances whose leases have ended.
    mutating func expire(_ refs: [InstanceRef]) -> Outcome {
        var outcome = Outcome()
        for ref in refs where holdings[ref.service]?.instances.removeValue(forKey: ref.id) != nil {
            instanceCount -= 1
            outcome.delta.removedInstances.append(ref)
        }
        return outcome
    }

    mutating func change(
        _ ref: InstanceRef, at moment: Moment, _ change: (inout InstanceRecord) -> Void
    ) throws(ServiceCenterError) -> Outcome {
        guard let known = instance(ref) else {
            throw ServiceCenterError(.instanceUnknown, "Service instance does not exist.")
        }
        var record = try InstanceRecord(known)
        change(&record)
        record.modTimestamp = moment.stamp
        var outcome = Outcome()
        outcome.delta.instances = [keep(record, in: ref.service.tenant)]
        return outcome
    }

    /// Keeps a record of a microservice that is there, and gives it as a source tells it.
    private mutating func keep(_ record: InstanceRecord, in tenant: Tenant) -> Instance {
        let instance = record.instance(in: tenant, upstreamRevision: nextRevision())
        holdings[instance.ref.service]?.instances[instance.id] = instance
        return instance
    }
}

extension LocalRegistry.Holding {
    /// The microservice as a record; what is kept was written by us and can be read.
    var record: MicroserviceRecord {
        get throws(ServiceCenterError) {
            do throws(JSONError) { return try MicroserviceRecord(kept: microservice.body) } catch {
                throw ServiceCenterError(.internalError, error.description)
            }
        }
    }
}

extension InstanceRecord {
    /// A kept instance as a record.
    init(_ instance: Instance) throws(ServiceCenterError) {
        do throws(JSONError) { try self.init(kept: instance.body) } catch {
            throw ServiceCenterError(.internalError, error.description)
        }
    }
}

extension ServiceCenterError {
    static var unknownService: ServiceCenterError {
        ServiceCenterError(.microserviceUnknown, "Service does not exist.")
    }
}

extension WriteAnswer {
    /// `{"serviceId":"…"}`, as service-center answers a registration.
    static func id(_ name: StaticString, _ text: String) -> WriteAnswer {
        var writer = JSONWriter(reserving: 80)
        writer.beginObject()
        writer.member(name, text)
        writer.endObject()
        return WriteAnswer(body: writer.bytes + [UInt8(ascii: "\n")])
    }
}

import Registry
import ServiceCenterWire

extension LocalRegistry {
    mutating func register(
        _ request: MicroserviceRecord, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try request.validate()
        var record = request
        record.applyDefaults()
        let key = record.key(in: tenant)
        if let known = ids[key] {
            guard record.id.isEmpty || record.id == known.text else {
                throw ServiceCenterError(
                    .microserviceExists, "ServiceID conflict or found the same service with different id.")
            }
            return Outcome(answer: .id("serviceId", known.text))
        }
        let id = record.id.isEmpty ? ServiceIdentity.serviceID(of: key) : ServiceID(record.id)
        let ref = ServiceRef(tenant: tenant, id: id)
        guard records[ref] == nil else {
            throw ServiceCenterError(
                .microserviceExists, "ServiceID conflict or found the same service with different id.")
        }
        guard records.count < settings.microservices else {
            throw ServiceCenterError(
                .quotaExceeded, "no quota to create service, max num is \(settings.microservices)")
        }
        record.id = id.text
        record.timestamp = moment.stamp
        record.modTimestamp = moment.stamp
        ids[key] = id
        var outcome = Outcome()
        outcome.delta.microservices = [keep(record, at: ref)]
        outcome.answer = .id("serviceId", id.text)
        return outcome
    }

    mutating func unregister(_ ref: ServiceRef, force: Bool) throws(ServiceCenterError) -> Outcome {
        guard let record = records[ref] else { throw .unknownService }
        let own = instances[ref] ?? [:]
        guard own.isEmpty || force else {
            throw ServiceCenterError(.hasInstances, "Can not delete the service deployed instance(s).")
        }
        var outcome = Outcome()
        for id in own.keys {
            let instance = InstanceRef(service: ref, id: id)
            leases.release(instance)
            outcome.delta.removedInstances.append(instance)
        }
        instanceCount -= own.count
        instances[ref] = nil
        records[ref] = nil
        ids[record.key(in: ref.tenant)] = nil
        dropAttachments(of: ref, record.key(in: ref.tenant), from: &outcome.delta)
        outcome.delta.removedMicroservices = [ref]
        return outcome
    }

    mutating func change(
        _ ref: ServiceRef, properties body: [UInt8], at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        let properties = try Requests.properties(body)
        guard var record = records[ref] else { throw .unknownService }
        record.properties = properties
        record.modTimestamp = moment.stamp
        var outcome = Outcome()
        outcome.delta.microservices = [keep(record, at: ref)]
        return outcome
    }

    /// Keeps a record, and gives it as a source tells it.
    mutating func keep(_ record: MicroserviceRecord, at ref: ServiceRef) -> Microservice {
        records[ref] = record
        return Microservice(
            ref: ref, key: record.key(in: ref.tenant), alias: record.alias,
            traits: Microservice.Traits(description: record.description, level: record.level, status: record.status),
            allowsCrossApplication: record.properties["allowCrossApp"]?.lowercased() == "true", body: record.body,
            upstreamRevision: nextRevision(), origin: "")
    }

    mutating func register(
        _ request: InstanceRecord, of service: ServiceRef, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try request.validate()
        // A chosen ID that is known is a heartbeat, not a second registration.
        let chosen = InstanceRef(service: service, id: InstanceID(request.id))
        if !request.id.isEmpty, leases.renew(chosen, at: moment.uptime) {
            return Outcome(answer: .id("instanceId", request.id))
        }
        guard let owner = records[service] else {
            throw ServiceCenterError(.microserviceUnknown, "Invalid 'serviceID' in request body.")
        }
        guard instanceCount < settings.instances else {
            throw ServiceCenterError(.quotaExceeded, "no quota to create instance, max num is \(settings.instances)")
        }
        var record = request
        if record.id.isEmpty { record.id = moment.newInstanceID.text }
        record.serviceID = service.id.text
        if record.status.isEmpty { record.status = InstanceStatus.up.rawValue }
        if record.healthCheck == nil { record.healthCheck = InstanceRecord.HealthCheck() }
        record.healthCheck?.applyPlatformDefaults()
        record.timestamp = moment.stamp
        record.modTimestamp = moment.stamp
        record.version = owner.version
        let ref = InstanceRef(service: service, id: InstanceID(record.id))
        instances[service, default: [:]][ref.id] = record
        instanceCount += 1
        leases.grant(ref, record.lease, at: moment.uptime)
        return told(record, in: service.tenant, answer: .id("instanceId", record.id))
    }

    mutating func unregister(_ ref: InstanceRef) throws(ServiceCenterError) -> Outcome {
        guard instances[ref.service]?.removeValue(forKey: ref.id) != nil else {
            throw ServiceCenterError(.instanceUnknown, "Instance's leaseId not exist.")
        }
        instanceCount -= 1
        leases.release(ref)
        var outcome = Outcome()
        outcome.delta.removedInstances = [ref]
        return outcome
    }

    mutating func change(
        _ ref: InstanceRef, at moment: Moment, _ change: (inout InstanceRecord) -> Void
    ) throws(ServiceCenterError) -> Outcome {
        guard var record = instances[ref.service]?[ref.id] else {
            throw ServiceCenterError(.instanceUnknown, "Service instance does not exist.")
        }
        change(&record)
        record.modTimestamp = moment.stamp
        instances[ref.service]?[ref.id] = record
        return told(record, in: ref.service.tenant)
    }

    /// Renews every lease that is named; one that is unknown fails the whole set after the others were renewed.
    mutating func heartbeats(
        _ body: [UInt8], in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        let refs = body.isEmpty ? [] : try Requests.instances(body, in: tenant)
        guard !refs.isEmpty else { throw ServiceCenterError(.invalidParameters, "Request format invalid.") }
        var isComplete = true
        for ref in refs where !leases.renew(ref, at: moment.uptime) { isComplete = false }
        guard isComplete else { throw ServiceCenterError(.instanceUnknown, "Heartbeat set failed.") }
        return Outcome()
    }

    private mutating func told(
        _ record: InstanceRecord, in tenant: Tenant, answer: WriteAnswer = WriteAnswer()
    ) -> Outcome {
        var outcome = Outcome(answer: answer)
        outcome.delta.instances = [record.instance(in: tenant, upstreamRevision: nextRevision())]
        return outcome
    }
}

extension ServiceCenterError {
    static var unknownService: ServiceCenterError {
        ServiceCenterError(.microserviceUnknown, "Service does not exist.")
    }
}

extension WriteAnswer {
    /// `{"serviceId":"…"}`, as service-center answers a registration.
    fileprivate static func id(_ name: StaticString, _ text: String) -> WriteAnswer {
        var writer = JSONWriter(reserving: 80)
        writer.beginObject()
        writer.member(name, text)
        writer.endObject()
        return WriteAnswer(body: writer.bytes + [UInt8(ascii: "\n")])
    }
}

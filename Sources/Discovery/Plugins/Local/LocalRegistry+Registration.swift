import HashTreeCollections
import Registry
import ServiceCenterWire

/// The registration of a microservice, and of what comes with it.
/// Rules: service-center's `CreateServicePri` and `CreateServiceEx`.
extension LocalRegistry {
    /// Registers a microservice, then its rules, tags and instances. When some of those are refused, the others and the
    /// microservice are registered all the same.
    mutating func register(
        _ registration: MicroserviceRegistration, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        let (id, registered) = try register(registration.microservice, in: tenant, at: moment)
        var outcome = registered
        let ref = ServiceRef(tenant: tenant, id: id)
        var problems: [String] = []
        if !registration.rules.isEmpty {
            outcome.add(&problems) { () throws(ServiceCenterError) in
                try add(rules: registration.rules, to: ref, at: moment)
            }
        }
        if !registration.tags.isEmpty {
            outcome.add(&problems) { () throws(ServiceCenterError) in try replace(tags: registration.tags, of: ref) }
        }
        var refused = ""
        for (number, instance) in registration.instances.enumerated() {
            var own: [String] = []
            outcome.add(&own) { () throws(ServiceCenterError) in
                try register(instance, of: ref, at: moment.part(number))
            }
            for problem in own {
                refused += "{instance:[\(instance.endpoints.joined(separator: " "))],result:\(problem)}"
            }
        }
        if !refused.isEmpty { problems.append(refused) }
        if !problems.isEmpty {
            outcome.answer = WriteAnswer(
                refusing: ServiceCenterError(.invalidParameters, "errMessages: [\(problems.joined(separator: " "))]"))
        }
        return outcome
    }

    /// Registers a microservice, or finds the one that is known by its key or its alias.
    private mutating func register(
        _ request: MicroserviceRecord, in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> (ServiceID, Outcome) {
        var record = request
        record.applyDefaults()
        try record.validate()
        let key = record.key(in: tenant)
        if let known = ids[key] ?? key.alias(record.alias).flatMap({ aliases[$0] }) {
            guard record.id.isEmpty || record.id == known.text else { throw .idConflict }
            return (known, Outcome(answer: .id("serviceId", known.text)))
        }
        let id = record.id.isEmpty ? ServiceIdentity.serviceID(of: key) : ServiceID(record.id)
        let ref = ServiceRef(tenant: tenant, id: id)
        guard holdings[ref] == nil else { throw .idConflict }
        try ServiceCenterQuota.check(.service, of: settings.microservices, used: holdings.count, adding: 1)
        record.id = id.text
        record.timestamp = moment.stamp
        record.modTimestamp = moment.stamp
        ids[key] = id
        if let alias = key.alias(record.alias) { aliases[alias] = id }
        var outcome = Outcome()
        outcome.delta.microservices = [keep(record, at: ref)]
        outcome.answer = .id("serviceId", id.text)
        return (id, outcome)
    }
}

extension LocalRegistry.Outcome {
    /// Adds what another write changes, or why it was refused. The answer stays.
    fileprivate mutating func add(
        _ problems: inout [String], _ write: () throws(ServiceCenterError) -> LocalRegistry.Outcome
    ) {
        do throws(ServiceCenterError) {
            merge(try write())
        } catch {
            problems.append(error.detail)
        }
    }
}

extension LocalRegistry.Moment {
    /// The same moment for the part with this number of something new.
    fileprivate func part(_ number: Int) -> LocalRegistry.Moment {
        LocalRegistry.Moment(
            time: time, newInstanceID: InstanceID(ServiceIdentity.partID(number, of: newInstanceID)))
    }
}

extension MicroserviceKey {
    /// The key with an alias in the place of the name; nil when there is none.
    func alias(_ alias: String) -> MicroserviceKey? {
        guard !alias.isEmpty else { return nil }
        var key = self
        key.name.name = alias
        return key
    }
}

extension ServiceCenterError {
    fileprivate static var idConflict: ServiceCenterError {
        ServiceCenterError(
            .microserviceExists, "ServiceID conflict or found the same service with different id.")
    }
}

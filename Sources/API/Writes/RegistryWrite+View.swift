import Discovery
import Registry
import ServiceCenterWire

/// What a write means in the merged registry.
extension RegistryWrite {
    /// What a write is about, which decides where it has to be done.
    enum Subject: Equatable {
        /// Something new, or something that names no ID.
        case registry
        /// What a microservice is, with the ID that it has or is to have.
        case definition(ServiceID)
        case microservice(ServiceID)
        case newInstance(ServiceID)
        case instance(ServiceID, InstanceID)
        /// Instances of several microservices, each perhaps in another source.
        case heartbeats(body: [UInt8])
    }

    var subject: Subject {
        switch self {
        case .heartbeats(let body): .heartbeats(body: body)
        case .registerMicroservice: named.map(Subject.definition) ?? .registry
        case .registerInstance(let id, _): .newInstance(id)
        case .unregisterInstance(let id, let instance), .heartbeat(let id, let instance),
            .changeStatus(let id, let instance, _), .changeInstanceProperties(let id, let instance, _):
            .instance(id, instance)
        default: service.map(Subject.microservice) ?? .registry
        }
    }

    /// Whether anything that is served is different after it: heartbeats only keep things as they are.
    var changesWhatIsServed: Bool {
        switch self {
        case .heartbeat, .heartbeats: false
        default: true
        }
    }

    /// Whether some of it may be done though it was refused.
    var mayBeDoneInPart: Bool { if case .registerMicroservice = self { true } else { false } }

    /// Whether it ends the microservice that it is about.
    var isRemoval: Bool { if case .unregisterMicroservice = self { true } else { false } }

    /// The ID of the microservice that it is about, also where the body says it.
    var named: ServiceID? {
        guard case .registerMicroservice(let body) = self else { return service }
        let text =
            (try? JSONReader.read(body) { reader throws(JSONError) -> String in
                var id = ""
                try reader.members { reader, key throws(JSONError) in
                    guard reader.equals(key, "service") else {
                        try reader.skip()
                        return
                    }
                    try reader.members { reader, key throws(JSONError) in
                        if reader.equals(key, "serviceId") { id = try reader.string() } else { try reader.skip() }
                    }
                }
                return id
            }) ?? ""
        return text.isEmpty ? nil : ServiceID(text)
    }

    /// The same write with another ID of the microservice.
    func naming(_ known: ServiceID) -> RegistryWrite {
        switch self {
        case .registerMicroservice(let body):
            .registerMicroservice(body: RegistryWrite.setting(known, in: body))
        case .heartbeats, .declareDependencies, .changeStatuses: self
        case .unregisterMicroservice(_, let force): .unregisterMicroservice(known, force: force)
        case .changeMicroserviceProperties(_, let body): .changeMicroserviceProperties(known, body: body)
        case .registerInstance(_, let body): .registerInstance(known, body: body)
        case .unregisterInstance(_, let instance): .unregisterInstance(known, instance)
        case .heartbeat(_, let instance): .heartbeat(known, instance)
        case .changeStatus(_, let instance, let status): .changeStatus(known, instance, status: status)
        case .changeInstanceProperties(_, let instance, let body):
            .changeInstanceProperties(known, instance, body: body)
        case .putSchema(_, let schema, let body): .putSchema(known, schema: schema, body: body)
        case .putSchemas(_, let body): .putSchemas(known, body: body)
        case .deleteSchema(_, let schema): .deleteSchema(known, schema: schema)
        case .addTags(_, let body): .addTags(known, body: body)
        case .updateTag(_, let key, let value): .updateTag(known, key: key, value: value)
        case .deleteTags(_, let keys): .deleteTags(known, keys: keys)
        case .addRules(_, let body): .addRules(known, body: body)
        case .updateRule(_, let rule, let body): .updateRule(known, rule: rule, body: body)
        case .deleteRules(_, let rules): .deleteRules(known, rules: rules)
        }
    }

    /// The body of a registration with another `serviceId`; what cannot be read stays as it is.
    private static func setting(_ id: ServiceID, in body: [UInt8]) -> [UInt8] {
        guard let service = try? JSONEdit.members(["service"], of: body)["service"],
            let renamed = try? JSONEdit.setting([("serviceId", JSONEdit.text(id.text))], in: service),
            let edited = try? JSONEdit.setting([("service", renamed)], in: body)
        else { return body }
        return edited
    }
}

extension WriteAnswer {
    /// The code in `{"errorCode":"400017",…}`; `internalError` for a refusal of another form.
    var code: ServiceCenterError.Code {
        member("errorCode").flatMap(Int.init).flatMap(ServiceCenterError.Code.init) ?? .internalError
    }
}

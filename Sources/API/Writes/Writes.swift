import Discovery
import Federation
import NIOHTTP1
import Registry
import ServiceCenterWire

/// Registrations and everything else that changes the registry: passed on to the home of the topology.
enum Writes {
    static let registerMicroservice = handler { .registerMicroservice(body: $0.body) }
    static let unregister = handler { request throws(ServiceCenterError) in
        guard ["", "0", "1", "false", "true"].contains(request.query("force")) else {
            throw ServiceCenterError(.invalidParameters, "parameter force must be false or true")
        }
        return .unregisterMicroservice(request.service, force: request.flag("force"))
    }
    static let changeProperties = handler { .changeMicroserviceProperties($0.service, body: $0.body) }
    static let registerInstance = handler { .registerInstance($0.service, body: $0.body) }
    static let unregisterInstance = handler { .unregisterInstance($0.service, $0.instance) }
    static let heartbeat = handler { .heartbeat($0.service, $0.instance) }
    static let heartbeats = handler { .heartbeats(body: $0.body) }
    static let changeStatus = handler { .changeStatus($0.service, $0.instance, status: $0.query("value")) }
    static let changeStatuses = handler { request throws(ServiceCenterError) in
        var (properties, status): ([String: String], String) = ([:], "")
        try RequestBody.members(request.body, refusal: "Unmarshal error") { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "matches":
                try reader.members { reader, key throws(JSONError) in
                    if reader.equals(key, "properties") {
                        properties = try reader.stringMap()
                    } else {
                        try reader.skip()
                    }
                }
            case "status": status = try reader.string()
            default: try reader.skip()
            }
        }
        return .changeStatuses(having: properties, status: status)
    }
    static let changeInstanceProperties = handler {
        .changeInstanceProperties($0.service, $0.instance, body: $0.body)
    }
    static let putSchema = handler { .putSchema($0.service, schema: $0.parameter("schemaId"), body: $0.body) }
    static let putSchemas = handler { .putSchemas($0.service, body: $0.body) }
    static let deleteSchema = handler { .deleteSchema($0.service, schema: $0.parameter("schemaId")) }
    static let addTags = handler { .addTags($0.service, body: $0.body) }
    static let updateTag = handler {
        .updateTag($0.service, key: $0.parameter("key"), value: $0.query("value"))
    }
    static let deleteTags = handler {
        .deleteTags($0.service, keys: $0.list("key"))
    }
    static let addRules = handler { .addRules($0.service, body: $0.body) }
    static let updateRule = handler { .updateRule($0.service, rule: $0.parameter("ruleId"), body: $0.body) }
    static let deleteRules = handler { .deleteRules($0.service, rules: $0.list("ruleId")) }
    static let replaceDependencies = handler { .declareDependencies(body: $0.body, isWhole: true) }
    static let addDependencies = handler { .declareDependencies(body: $0.body, isWhole: false) }

    /// A handler that makes a write out of a request and has it done.
    private static func handler(
        _ make: @escaping @Sendable (Request) throws(ServiceCenterError) -> RegistryWrite
    ) -> Route.Handler {
        .remote { (request, services) async throws(ServiceCenterError) in
            let write = try make(request)
            return try await perform(write, request, services)
        }
    }

    private static func perform(
        _ write: RegistryWrite, _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let answer = try await services.writes.perform(write, for: request.caller)
        return .done(answer.body, status: HTTPResponseStatus(statusCode: answer.status))
    }
}

extension Request {
    var caller: Caller { Caller(tenant: tenant, authorization: headers.first(name: "Authorization")) }
    fileprivate var service: ServiceID { ServiceID(parameter("serviceId")) }
    /// The parts of a path's variable part between its commas, empty ones too.
    fileprivate func list(_ name: String) -> [String] {
        parameter(name).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    fileprivate var instance: InstanceID { InstanceID(parameter("instanceId")) }
}

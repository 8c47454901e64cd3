import Registry
import ServiceCenterWire

/// `GET …/existence?type=microservice&appId=&serviceName=&version=&env=` and `?type=schema&serviceId=&schemaId=`.
enum Existence {
    @Sendable static func ask(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        switch request.query("type") {
        case "microservice": return try microservice(request, services.view)
        case "schema": return try schema(request, services.view)
        default:
            throw ServiceCenterError(
                .invalidParameters, "Only micro-service and schema can be used as type.")
        }
    }

    /// The ID of the highest version that the rule means.
    private static func microservice(
        _ request: Request, _ view: RegistryView
    ) throws(ServiceCenterError) -> Response {
        let name = MicroserviceName(
            tenant: request.tenant, environment: request.query("env"), application: request.query("appId"),
            name: request.query("serviceName"))
        let version = request.query("version")
        try FieldRule.application.check(name.application, "GetExistenceRequest.AppId")
        try FieldRule.serviceNameOrAlias.check(name.name, "GetExistenceRequest.ServiceName")
        try FieldRule.versionRule.check(version, "GetExistenceRequest.Version")
        try FieldRule.environment.check(name.environment, "GetExistenceRequest.Environment")
        let asked = MicroserviceKey(name: name, version: version)
        guard let keys = VersionRule(version)?.find(name, in: view.tables) else {
            throw ServiceCenterError(.microserviceUnknown, "\(asked) does not exist.")
        }
        guard let key = keys.first, let merged = view.tables.microservice(key) else {
            throw ServiceCenterError(.versionUnknown, "\(asked) version mismatch.")
        }
        return .json { writer in
            writer.beginObject()
            writer.member("serviceId", merged.canonicalID.text)
            writer.endObject()
        }
    }

    /// A schema exists when a source keeps its summary.
    private static func schema(_ request: Request, _ view: RegistryView) throws(ServiceCenterError) -> Response {
        let (service, schema) = (request.query("serviceId"), request.query("schemaId"))
        try FieldRule.serviceID.check(service, "GetExistenceRequest.ServiceId")
        try FieldRule.schemaID.check(schema, "GetExistenceRequest.SchemaId")
        let ref = ServiceRef(tenant: request.tenant, id: ServiceID(service))
        guard let merged = view.tables.microservice(ref) else {
            throw ServiceCenterError(.microserviceUnknown, "service does not exist.")
        }
        guard merged.attachments[.schemaSummary(schema)] != nil else {
            throw ServiceCenterError(.schemaUnknown, "schema does not exist.")
        }
        return .json { writer in
            writer.beginObject()
            writer.member("schemaId", schema)
            writer.endObject()
        }.adding(Schemas.summaryHeader, Schemas.summary(of: schema, of: merged))
    }
}

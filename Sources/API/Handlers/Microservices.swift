import Registry
import ServiceCenterWire

/// Microservices by tenant and by ID.
enum Microservices {
    /// `GET …/microservices`: every microservice of the tenant, `{}` when there is none.
    @Sendable static func list(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let tenant = request.tenant
        return .json(reserving: 64 << 10) { writer in
            var isEmpty = true
            writer.beginObject()
            services.view.tables.forEachMicroservice { merged in
                guard merged.key.tenant == tenant else { return }
                if isEmpty {
                    writer.key("services")
                    writer.beginArray()
                    isEmpty = false
                }
                writer.raw(merged.canonical.body)
            }
            if !isEmpty { writer.endArray() }
            writer.endObject()
        }.kept()
    }

    /// `GET …/microservices/:serviceId`
    @Sendable static func one(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let id = ServiceID(request.parameter("serviceId"))
        try FieldRule.serviceID.check(id.text, "GetServiceRequest.ServiceId")
        let known = services.view.tables.microservice(ServiceRef(tenant: request.tenant, id: id))
        // What a find names must resolve, from every tenant.
        guard let merged = known ?? Ourselves.microservice(id, request, services) else {
            throw ServiceCenterError(.microserviceUnknown, "Service does not exist.")
        }
        return .json { writer in
            writer.beginObject()
            writer.key("service")
            writer.raw(merged.canonical.body)
            writer.endObject()
        }.telling(path: merged.canonical.path, of: merged.contributions[0].source, in: services).kept()
    }
}

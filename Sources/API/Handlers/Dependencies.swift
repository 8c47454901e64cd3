import Registry
import ServiceCenterWire

/// Who depends on whom.
enum Dependencies {
    /// `GET …/microservices/:serviceId/providers`
    @Sendable static func providers(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let merged = try request.microservice(
            services.view, "GetDependenciesRequest", refusal: "Consumer does not exist")
        let keys = DependencyGraph(services.view.tables).providers(of: merged.key)
        return list("providers", keys, of: merged, request, services.view)
    }

    /// `GET …/microservices/:serviceId/consumers`
    @Sendable static func consumers(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let merged = try request.microservice(
            services.view, "GetDependenciesRequest", refusal: "Provider does not exist")
        let keys = DependencyGraph(services.view.tables).consumersByProvider()[merged.key] ?? []
        return list("consumers", keys, of: merged, request, services.view)
    }

    /// The microservices with these keys; `sameDomain` leaves other tenants out, `noSelf` the microservice itself.
    private static func list(
        _ name: StaticString, _ keys: [MicroserviceKey], of merged: MergedMicroservice, _ request: Request,
        _ view: RegistryView
    ) -> Response {
        let (isSameTenantOnly, isWithoutSelf) = (request.flag("sameDomain"), request.flag("noSelf"))
        let wanted = keys.filter {
            !(isSameTenantOnly && $0.tenant != merged.key.tenant) && !(isWithoutSelf && $0 == merged.key)
        }
        return .json { writer in
            writer.beginObject()
            writer.microservices(name, wanted, view)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// A member with the microservices of these keys; left out when there are none.
    mutating func microservices(_ name: StaticString, _ keys: [MicroserviceKey], _ view: RegistryView) {
        let microservices = keys.compactMap { view.tables.microservice($0) }
        guard !microservices.isEmpty else { return }
        key(name)
        beginArray()
        for merged in microservices { raw(merged.canonical.body) }
        endArray()
    }
}

import Discovery
import Federation
import NIOHTTP1
import Registry
import ServiceCenterWire

/// Registrations and everything else that changes the registry: passed on to the home of the topology.
enum Writes {
    @Sendable static func registerMicroservice(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.registerMicroservice(body: request.body), request, services)
    }

    @Sendable static func unregister(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let force = ["1", "true"].contains(request.query("force"))
        return try await perform(.unregisterMicroservice(request.service, force: force), request, services)
    }

    @Sendable static func changeProperties(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.changeMicroserviceProperties(request.service, body: request.body), request, services)
    }

    @Sendable static func registerInstance(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.registerInstance(request.service, body: request.body), request, services)
    }

    @Sendable static func unregisterInstance(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.unregisterInstance(request.service, request.instance), request, services)
    }

    @Sendable static func heartbeat(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.heartbeat(request.service, request.instance), request, services)
    }

    @Sendable static func heartbeats(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.heartbeats(body: request.body), request, services)
    }

    @Sendable static func changeStatus(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let status = request.query("value")
        return try await perform(
            .changeStatus(request.service, request.instance, status: status), request, services)
    }

    @Sendable static func changeInstanceProperties(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(
            .changeInstanceProperties(request.service, request.instance, body: request.body), request, services)
    }

    private static func perform(
        _ write: RegistryWrite, _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        guard let home = services.federation.home else {
            throw ServiceCenterError(
                .forbidden,
                "this registry is read-only: set the key 'home' of its topology to the source that takes writes")
        }
        let answer = try await home.perform(write, in: request.tenant)
        return .json(answer.body, status: HTTPResponseStatus(statusCode: answer.status))
    }
}

extension Request {
    fileprivate var service: ServiceID { ServiceID(parameter("serviceId")) }
    fileprivate var instance: InstanceID { InstanceID(parameter("instanceId")) }
}

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

    @Sendable static func putSchema(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let schema = request.parameter("schemaId")
        return try await perform(
            .putSchema(request.service, schema: schema, body: request.body), request, services)
    }

    @Sendable static func putSchemas(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.putSchemas(request.service, body: request.body), request, services)
    }

    @Sendable static func deleteSchema(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let schema = request.parameter("schemaId")
        return try await perform(.deleteSchema(request.service, schema: schema), request, services)
    }

    @Sendable static func addTags(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.addTags(request.service, body: request.body), request, services)
    }

    @Sendable static func updateTag(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let (key, value) = (request.parameter("key"), request.query("value"))
        return try await perform(.updateTag(request.service, key: key, value: value), request, services)
    }

    @Sendable static func deleteTags(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let keys = request.parameter("key").split(separator: ",").map(String.init)
        return try await perform(.deleteTags(request.service, keys: keys), request, services)
    }

    @Sendable static func replaceDependencies(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.declareDependencies(body: request.body, isWhole: true), request, services)
    }

    @Sendable static func addDependencies(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try await perform(.declareDependencies(body: request.body, isWhole: false), request, services)
    }

    private static func perform(
        _ write: RegistryWrite, _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        guard let home = services.federation.home else {
            throw ServiceCenterError(
                .forbidden,
                "this registry is read-only: set the key 'home' of its topology to the source that takes writes")
        }
        let known = write.naming(services.view.tables, in: request.tenant, as: home.profile.id)
        let answer = try await home.perform(known, in: request.tenant)
        if !home.tellsWritesAtOnce, answer.status < 300 {
            await makeVisible(write, answer, request.tenant, services, home.profile.id)
        }
        return .json(answer.body, status: HTTPResponseStatus(statusCode: answer.status))
    }

    /// How often a home is read until it shows a write: its answers may lag behind its store for a moment.
    private static let maxReads = 5

    /// Waits until a write that was done elsewhere is in what we serve, so that the next read knows it.
    private static func makeVisible(
        _ write: RegistryWrite, _ answer: WriteAnswer, _ tenant: Tenant, _ services: Services, _ home: SourceID
    ) async {
        guard write.changesWhatIsServed else { return }
        for attempt in 0..<maxReads {
            await services.federation.refresh(home)
            if write.isVisible(in: services.view.tables, answer, tenant) { return }
            try? await services.federation.clock.sleep(for: .milliseconds(20 << attempt))
        }
    }
}

extension Request {
    fileprivate var service: ServiceID { ServiceID(parameter("serviceId")) }
    fileprivate var instance: InstanceID { InstanceID(parameter("instanceId")) }
}

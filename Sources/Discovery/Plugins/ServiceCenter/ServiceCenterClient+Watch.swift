import Registry
import Topology

extension ServiceCenterClient {
    /// Opens the watch of a microservice at one endpoint.
    func openWatch(
        of service: ServiceID, in tenant: Tenant, at index: Int
    ) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        let path = ["v4", tenant.project, "registry", "microservices", service.text, "watcher"]
        return try await openWatch(ServiceCenterCall.target(path, []), in: tenant, at: index)
    }

    /// Opens the watch of everything that a Mainstem has.
    func openExtendedWatch(at index: Int) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        try await openWatch("/mainstem/v1/watch", in: .default, at: index)
    }

    private func openWatch(
        _ path: String, in tenant: Tenant, at index: Int
    ) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        let endpoint = settings.endpoints[index]
        guard endpoint.scheme == .http else {
            throw .refused(status: 0, "a watch over https is not supported yet")
        }
        let target = WebSocketClient.Target(
            host: endpoint.host, port: endpoint.port, path: path,
            headers: [("X-Domain-Name", tenant.domain)])
        return try await WebSocketClient(target).open()
    }
}

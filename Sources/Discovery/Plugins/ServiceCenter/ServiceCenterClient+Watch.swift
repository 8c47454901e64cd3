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

    /// Opens the watch of everything that a Mainstem has, behind a cursor unless that is empty.
    func openExtendedWatch(
        after cursor: String, at index: Int
    ) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        let query = cursor.isEmpty ? "" : "?after=\(PathSegment.encode(cursor))"
        return try await openWatch("/mainstem/v1/watch" + query, in: .default, at: index)
    }

    /// A text of the upstream without the token that it may repeat.
    func redacted(_ text: String) -> String { upstream.redacted(text) }

    private func openWatch(
        _ path: String, in tenant: Tenant, at index: Int
    ) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        try await upstream.webSocket(
            path, headers: [("X-Domain-Name", tenant.domain)], within: .seconds(10), at: index)
    }
}

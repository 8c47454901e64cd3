import ServiceCenterWire

/// `POST /mainstem/v1/reload`: reads the topology anew, from where it was read at the start, and applies it.
enum Reload {
    @Sendable static func perform(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try request.takesOnly([])
        do throws(TopologyAccess.Refusal) {
            return .json(try await services.topology.reload())
        } catch {
            throw ServiceCenterError(.invalidParameters, error.reason)
        }
    }
}

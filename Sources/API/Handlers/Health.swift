import NIOHTTP1
import Registry
import ServiceCenterWire

/// Whether the registry and the process are well.
enum Health {
    /// `GET …/registry/health`: this process as the registry's only instance.
    @Sendable static func registry(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .json { $0.instances(of: [Ourselves(request, services).microservice]) }
    }

    /// `GET /livez`: the process runs and answers.
    @Sendable static func live(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .text("ok\n")
    }

    /// `GET /readyz`: 200 once every source has spoken, failed, or was restored, 503 with the names of those that have
    /// not.
    @Sendable static func ready(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let view = services.view
        guard !view.isReady else { return .text("ok\n") }
        let waiting = view.sources.filter(\.isAwaited).map(\.source.name).joined(separator: ", ")
        return .text("waiting for the first word of: \(waiting)\n", status: .serviceUnavailable)
    }
}

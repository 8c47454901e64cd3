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

    /// `GET /readyz`: 200 while clients are let in; before that 503 with the names of the sources that are waited for.
    @Sendable static func ready(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        switch services.readiness.stage {
        case .serving: return .text("ok\n")
        case .ending: return .text("the process ends\n", status: .serviceUnavailable)
        case .starting:
            let waiting = services.view.sources.filter(\.isAwaited).map(\.source.name)
            return .text(
                "waiting for the first word of: \(waiting.joined(separator: ", "))\n", status: .serviceUnavailable)
        }
    }
}

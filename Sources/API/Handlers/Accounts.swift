import Discovery
import Federation
import NIOHTTP1
import ServiceCenterWire

/// Tokens, accounts and roles are the home's own: requests for them are passed on. A registry without them answers 404,
/// by which clients know that no token is needed.
enum Accounts {
    @Sendable static func relay(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        guard let home = services.federation.home,
            let method = RelayedRequest.Method(rawValue: request.method.rawValue),
            let answer = try await home.relay(
                RelayedRequest(method, request.target.segments, query: request.target.query, body: request.body),
                for: request.caller)
        else { return .text("404 page not found\n", status: .notFound) }
        return .done(answer.body, status: HTTPResponseStatus(statusCode: answer.status))
    }
}

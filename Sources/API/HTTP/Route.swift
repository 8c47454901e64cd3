package import NIOHTTP1
package import ServiceCenterWire

/// Why a handler refuses.
package typealias Refusal = ServiceCenterError

/// One line of the API: a method, a path whose variable segments begin with a colon, and what answers.
package struct Route: Sendable {
    package enum Handler: Sendable {
        /// Answers at once from what is in memory.
        case read(@Sendable (Request, Services) throws(Refusal) -> Response)
        /// Answers when the home or another source has done its part.
        case remote(@Sendable (Request, Services) async throws(Refusal) -> Response)
        /// Answers at once, unless the request asks for something that only a source can tell.
        indirect case either(@Sendable (Request, Services) -> Bool, remote: Handler, otherwise: Handler)
        /// Becomes a WebSocket; a request that asks for none is refused.
        case watch(@Sendable (Request, Services) throws(Refusal) -> WatchTarget)
    }

    /// What answers this request: never `either`.
    func handler(for request: Request, _ services: Services) -> Handler {
        guard case .either(let asksSources, let remote, let otherwise) = handler else { return handler }
        return asksSources(request, services) ? remote : otherwise
    }

    package let method: HTTPMethod
    package let path: String
    /// The handler's name in the metrics; the `api` of service-center's own families.
    package let name: String
    package let handler: Handler

    package init(_ method: HTTPMethod, _ path: String, _ name: String, _ handler: Handler) {
        self.method = method
        self.path = path
        self.name = name
        self.handler = handler
    }
}

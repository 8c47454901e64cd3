package import NIOCore
package import NIOHTTP1
package import ServiceCenterWire

/// One answer.
package struct Response: Sendable {
    package enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        /// JSON that is written unless it is there already: the key decides on its bytes.
        case keyed(BodyKey, @Sendable (inout JSONWriter) -> Void)
        /// Made piece by piece while it is sent, so that a large answer is never in memory as a whole.
        case dump(DumpWriter)
    }

    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: Body
    /// Whether nothing but the registry's tables and what a `RequestKey` has decided on it: then it may be given again.
    package var isKept = false

    package init(status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON with service-center's own headers.
    package static func json(_ bytes: [UInt8], status: HTTPResponseStatus = .ok) -> Response {
        Response(status: status, headers: jsonHeaders(status), body: .bytes(ByteBuffer(bytes: bytes)))
    }

    /// JSON that is written by `body`.
    package static func json(reserving count: Int = 1_024, _ body: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(reserving: count)
        body(&writer)
        return .json(writer.bytes)
    }

    /// JSON whose bytes the key decides on.
    package static func json(_ key: BodyKey, _ body: @escaping @Sendable (inout JSONWriter) -> Void) -> Response {
        Response(headers: jsonHeaders(.ok), body: .keyed(key, body))
    }

    /// The answer of a home: JSON, nothing, which service-center calls text, or the words of its HTTP server.
    package static func done(_ bytes: [UInt8] = [], status: HTTPResponseStatus = .ok) -> Response {
        if bytes.first == UInt8(ascii: "{") { return .json(bytes, status: status) }
        guard bytes.isEmpty else { return .text(String(decoding: bytes, as: UTF8.self), status: status) }
        var headers = jsonHeaders(status)
        headers.replaceOrAdd(name: "Content-Type", value: "text/plain; charset=UTF-8")
        return Response(status: status, headers: headers)
    }

    /// A refusal in service-center's form.
    package static func refusal(_ error: ServiceCenterError) -> Response {
        .json(error.body, status: HTTPResponseStatus(statusCode: error.code.status))
    }

    /// There is more to do than can be done.
    static func overload(_ reason: String) -> Response {
        .refusal(ServiceCenterError(.overloaded, reason)).adding("Retry-After", "1")
    }

    package static func text(_ text: String, status: HTTPResponseStatus = .ok) -> Response {
        Response(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: .bytes(ByteBuffer(string: text)))
    }

    /// The same answer with one more header.
    package func adding(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers.replaceOrAdd(name: name, value: value)
        return response
    }

    /// The same answer, of which nothing but the tables and the request decide.
    package func kept() -> Response {
        var response = self
        response.isKept = true
        return response
    }

    package static func jsonHeaders(_ status: HTTPResponseStatus) -> HTTPHeaders {
        ["Content-Type": "application/json; charset=UTF-8", "X-Response-Status": "\(status.code)"]
    }
}

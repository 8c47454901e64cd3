import NIOCore
import NIOHTTP1

/// An answer ready for the socket: a head that lacks nothing but what the connection decides, and the body.
struct PreparedAnswer {
    let head: HTTPResponseHead
    let body: ByteBuffer?

    /// The answer with a body of a known length, in gzip's form where the client takes it and it is worth it.
    init(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ encoded: EncodedBody?, gzip: ByteBuffer?) {
        var headers = headers
        body = gzip ?? encoded?.plain
        if status != .notModified { headers.replaceOrAdd(name: "Content-Length", value: "\(body?.readableBytes ?? 0)") }
        if encoded?.isWorthCompressing ?? false { headers.replaceOrAdd(name: "Vary", value: "Accept-Encoding") }
        if gzip != nil { headers.replaceOrAdd(name: "Content-Encoding", value: "gzip") }
        head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}

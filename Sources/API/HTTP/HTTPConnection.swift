import Federation
import NIOCore
import NIOHTTP1
import NIOWebSocket
import ServiceCenterWire

/// One client connection while it speaks HTTP: collects a request, asks the route, sends the answer. Lives on its event
/// loop; what is in memory is answered in the same turn.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let router: Router
    private let services: Services
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// Why the request under way will be refused once it is complete.
    private var refusal: Response?
    /// What is left of an answer that is made piece by piece.
    private var dump: DumpWriter?

    init(router: Router, services: Services) {
        self.router = router
        self.services = services
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes):
            guard refusal == nil else { return }
            if body.count + bytes.readableBytes > services.limits.bodyBytes {
                refusal = .refusal(
                    ServiceCenterError(
                        .invalidParameters, "the body is larger than \(services.limits.bodyBytes) bytes"))
            } else {
                body.append(contentsOf: bytes.readableBytesView)
            }
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        body.removeAll(keepingCapacity: true)
        refusal = nil
        let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        if size > services.limits.headerBytes {
            refusal = .text("431 Request Header Fields Too Large\n", status: .requestHeaderFieldsTooLarge)
        } else if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            let go = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let begun = services.uptime()
        var request = Request(method: head.method, target: head.uri, headers: head.headers, body: body)
        if let refusal { return send(refusal, to: request, "Refused", head, begun, context) }
        // HEAD is GET without the body.
        switch router.match(head.method == .HEAD ? .GET : head.method, request.target.segments) {
        case .notFound:
            send(.text("404 page not found\n", status: .notFound), to: request, "NotFound", head, begun, context)
        case .methodNotAllowed(let methods):
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            let response = Response.text("Method Not Allowed\n", status: .methodNotAllowed).adding("Allow", allowed)
            send(response, to: request, "MethodNotAllowed", head, begun, context)
        case .route(let route, let parameters):
            request.parameters = parameters
            run(route, request, head, begun, context)
        }
    }

    private func run(
        _ route: Route, _ request: Request, _ head: HTTPRequestHead, _ begun: Duration,
        _ context: ChannelHandlerContext
    ) {
        switch route.handler {
        case .read(let handler):
            let response: Response
            do throws(ServiceCenterError) {
                response = try handler(request, services)
            } catch {
                response = .refusal(error)
            }
            send(response, to: request, route.name, head, begun, context)
        case .remote(let handler):
            let services = services
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            let connection = NIOLoopBound(self, eventLoop: context.value.eventLoop)
            context.value.eventLoop.makeFutureWithTask {
                do throws(ServiceCenterError) {
                    return try await handler(request, services)
                } catch {
                    return Response.refusal(error)
                }
            }.whenSuccess { response in
                connection.value.send(response, to: request, route.name, head, begun, context.value)
            }
        case .watch:
            let isFull = services.watches.snapshot.total >= services.limits.watchers
            let response =
                isFull
                ? Response.text("too many watchers\n", status: .serviceUnavailable)
                : .refusal(ServiceCenterError(.invalidParameters, "this is a WebSocket: ask for an upgrade"))
            send(response, to: request, route.name, head, begun, context)
        }
    }

    private func send(
        _ response: Response, to request: Request, _ route: String, _ head: HTTPRequestHead, _ begun: Duration,
        _ context: ChannelHandlerContext
    ) {
        guard context.channel.isActive else { return }
        services.requests.count(
            route: route, method: head.method.rawValue, status: response.status.code, domain: request.domain,
            took: services.uptime() - begun)
        var answer = HTTPResponseHead(version: head.version, status: response.status, headers: response.headers)
        if !head.isKeepAlive { answer.headers.replaceOrAdd(name: "Connection", value: "close") }
        switch response.body {
        case .none: answer.headers.replaceOrAdd(name: "Content-Length", value: "0")
        case .bytes(let bytes): answer.headers.replaceOrAdd(name: "Content-Length", value: "\(bytes.count)")
        case .dump: answer.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        }
        if response.status == .notModified { answer.headers.remove(name: "Content-Length") }
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        switch response.body {
        case .none: finish(context, close: !head.isKeepAlive)
        case .bytes(let bytes):
            if !bytes.isEmpty, head.method != .HEAD {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            }
            finish(context, close: !head.isKeepAlive)
        case .dump where head.method == .HEAD: finish(context, close: !head.isKeepAlive)
        case .dump(let writer):
            dump = writer
            closesAfterDump = !head.isKeepAlive
            sendPieces(context)
        }
    }

    private var closesAfterDump = false

    /// Sends as much of the answer as the client takes, and goes on when it takes more.
    private func sendPieces(_ context: ChannelHandlerContext) {
        while dump != nil, context.channel.isWritable {
            guard let piece = dump?.next() else {
                dump = nil
                return finish(context, close: closesAfterDump)
            }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: piece)))), promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if dump != nil { sendPieces(context) }
        context.fireChannelWritabilityChanged()
    }

    private func finish(_ context: ChannelHandlerContext, close: Bool) {
        let end = wrapOutboundOut(.end(nil))
        guard close else { return context.writeAndFlush(end, promise: nil) }
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.writeAndFlush(end).whenComplete { _ in context.value.close(promise: nil) }
    }

    /// A client that is silent, or does not come to the end of a request, for `HTTPServer.idleLimit` is let go.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An upgrade that is refused comes on as a plain request and is answered as one.
        if error is NIOWebSocketUpgradeError || error is HTTPServerUpgradeErrors { return }
        context.close(promise: nil)
    }
}

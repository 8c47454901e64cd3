import Federation
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Registry
import ServiceCenterWire

/// One client connection while it speaks HTTP: collects a request, asks the route, sends the answer. Lives on its event
/// loop; what is in memory is answered in the same turn.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    /// How long a connection may be silent, or be in the middle of a request head.
    /// Rule: service-center's `readHeaderTimeout` and `idleTimeout`.
    private static let silenceLimit = TimeAmount.seconds(60)

    private let router: Router
    private let services: Services
    private let cache: AnswerCache
    private let hubs: WatchHubs
    private let outlet: AnswerOutlet
    private let silence = SilenceLimit(HTTPConnection.silenceLimit)
    /// What holds for the request under way.
    private var limits: APILimits
    private var head: HTTPRequestHead?
    private var fields: RequestFields?
    private var body: [UInt8] = []
    /// Why the request under way will be refused once it is complete.
    private var refusal: Response?

    /// What is needed to answer one request, wherever its answer comes from.
    private struct Exchange {
        let head: HTTPRequestHead
        let fields: RequestFields
        let begun: NIODeadline
        /// Under what the answer may be kept; nil for a request whose answer never is.
        var key: RequestKey?
        /// The tables that are asked, or earlier ones.
        var generation: UInt64 = 0
    }

    init(router: Router, services: Services, cache: AnswerCache, hubs: WatchHubs) {
        self.router = router
        self.services = services
        self.cache = cache
        self.hubs = hubs
        limits = services.limits.now
        outlet = AnswerOutlet(load: services.load)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let hub = hubs.hub(of: context.eventLoop) else { return }
        silence.begin(context, hub.timers, at: hub.uptime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let hub = hubs.hub(of: context.eventLoop) { silence.end(hub.timers) }
        outlet.end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        silence.sign(at: now)
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes):
            guard refusal == nil else { return }
            if body.count + bytes.readableBytes > limits.bodyBytes {
                refusal = .refusal(
                    ServiceCenterError(.invalidParameters, "the body is larger than \(limits.bodyBytes) bytes"))
            } else {
                body.append(contentsOf: bytes.readableBytesView)
            }
        case .end:
            guard let head, let fields else { return }
            self.head = nil
            answer(Exchange(head: head, fields: fields, begun: now), context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let fields = RequestFields(head)
        self.head = head
        self.fields = fields
        if !body.isEmpty { body.removeAll(keepingCapacity: true) }
        refusal = nil
        limits = services.limits.now
        if fields.bytes > limits.headerBytes {
            refusal = .text("431 Request Header Fields Too Large\n", status: .requestHeaderFieldsTooLarge)
        } else if fields.expectsContinue {
            let go = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(NIOAny(HTTPServerResponsePart.head(go)), promise: nil)
        }
    }

    private func answer(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        var exchange = exchange
        let head = exchange.head
        if let refusal { return send(refusal, "Refused", exchange, context) }
        if services.load.waitingBytes > limits.waitingBytes, head.isForTheRegistry {
            return send(.overload("clients are slow to take their answers"), "Refused", exchange, context)
        }
        exchange.key = RequestKey(head, exchange.fields, body)
        if let key = exchange.key {
            exchange.generation = services.view.generation
            if let kept = cache.answer(to: key, over: exchange.generation) { return send(kept, exchange, context) }
        }
        var request = Request(method: head.method, target: head.uri, headers: head.headers, body: body)
        // HEAD is GET without the body.
        switch router.match(head.method == .HEAD ? .GET : head.method, request.target.segments) {
        case .notFound:
            send(.text("404 page not found\n", status: .notFound), "NotFound", exchange, context)
        case .methodNotAllowed(let methods):
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            let response = Response.text("Method Not Allowed\n", status: .methodNotAllowed).adding("Allow", allowed)
            send(response, "MethodNotAllowed", exchange, context)
        case .route(let route, let parameters):
            request.parameters = parameters
            run(route, request, exchange, context)
        }
    }

    private func run(_ route: Route, _ request: Request, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        switch route.handler(for: request, services) {
        case .read(let handler):
            let response: Response
            do throws(ServiceCenterError) {
                response = try handler(request, services)
            } catch {
                response = .refusal(error)
            }
            send(response, route.name, exchange, context)
        case .remote(let handler):
            guard services.load.begin(limit: limits.waitingRequests) else {
                return send(.overload("too many requests wait already"), route.name, exchange, context)
            }
            let services = services
            context.eventLoop.makeFutureWithTask {
                defer { services.load.end() }
                do throws(ServiceCenterError) {
                    return try await handler(request, services)
                } catch {
                    return Response.refusal(error)
                }
            }.assumeIsolated().whenSuccess { self.send($0, route.name, exchange, context) }
        case .watch(let handler):
            do throws(ServiceCenterError) {
                answer(try handler(request, services), route, request, exchange, context)
            } catch {
                send(.refusal(error), route.name, exchange, context)
            }
        case .either: break
        }
    }

    /// A watch without an upgrade: a stream of events where one is wanted, else a refusal.
    private func answer(
        _ target: WatchTarget, _ route: Route, _ request: Request, _ exchange: Exchange,
        _ context: ChannelHandlerContext
    ) {
        let isStream = if case .scope = target { !exchange.head.asksForWebSocket } else { false }
        if isStream, exchange.head.method == .HEAD {
            return send(Response(headers: EventStream.headers), route.name, exchange, context)
        }
        if isStream, case .scope(let scope, let start) = target, let hub = hubs.hub(of: context.eventLoop),
            services.enterWatch(context.channel)
        {
            services.requests.slot(
                route: route.name, method: exchange.head.method.rawValue, status: 200, domain: request.domain
            ).count(seconds: nil)
            do {
                try EventStream.open(on: context.channel, scope, after: start, hub)
                return context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            } catch {
                return context.close(promise: nil)
            }
        }
        let isFull = services.watches.isFull(limit: limits.watchers)
        let fault = isFull || isStream ? nil : HandshakeFault(exchange.head)
        // What was refused without a fault has found no place.
        let response = fault?.answer ?? .text("too many watchers\n", status: .serviceUnavailable)
        send(response, route.name, exchange, context)
    }

    /// Gives an answer once more.
    private func send(_ kept: KeptAnswer, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        services.answers.keptAnswer()
        let now = NIODeadline.now()
        kept.slot.count(seconds: (now - exchange.begun).seconds)
        let answer = kept.prepared(gzip: exchange.fields.acceptsGzip, services.answers)
        outlet.send(answer, to: exchange.head, context)
    }

    private func send(
        _ response: Response, _ route: String, _ exchange: Exchange, _ context: ChannelHandlerContext
    ) {
        guard context.channel.isActive else { return }
        let domain = exchange.fields.domain ?? ""
        let slot = services.requests.slot(
            route: route, method: exchange.head.method.rawValue, status: response.status.code,
            domain: domain.isEmpty ? "default" : domain)
        let gzips = exchange.fields.acceptsGzip
        var body: EncodedBody?
        switch response.body {
        case .none: break
        case .bytes(let bytes):
            body = EncodedBody(bytes)
            if response.isKept { services.answers.encodedBody() }
        case .keyed(let key, let write): body = cache.body(key, write)
        case .dump(let writer):
            slot.count(seconds: (.now() - exchange.begun).seconds)
            return send(writer, response, exchange, context)
        }
        let kept = KeptAnswer(response.status, response.headers, body, slot)
        if response.isKept, let key = exchange.key { cache.keep(kept, to: key, over: exchange.generation) }
        let answer = kept.prepared(gzip: gzips, services.answers)
        let now = NIODeadline.now()
        silence.sign(at: now)
        slot.count(seconds: (now - exchange.begun).seconds)
        outlet.send(answer, to: exchange.head, context)
    }

    /// Sends a dump, whose length nobody knows before its end.
    private func send(
        _ writer: DumpWriter, _ response: Response, _ exchange: Exchange, _ context: ChannelHandlerContext
    ) {
        let gzip = exchange.fields.acceptsGzip ? GzipStream() : nil
        var headers = response.headers
        headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        headers.replaceOrAdd(name: "Vary", value: "Accept-Encoding")
        if gzip != nil { headers.replaceOrAdd(name: "Content-Encoding", value: "gzip") }
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        outlet.send(writer, head, gzip: gzip, to: exchange.head, context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        silence.sign(at: .now())
        outlet.writabilityChanged(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An upgrade that is refused comes on as a plain request and is answered as one.
        if error is NIOWebSocketUpgradeError || error is HTTPServerUpgradeErrors { return }
        context.close(promise: nil)
    }
}

extension HTTPRequestHead {
    /// Whether it asks for what stands in the registry, and not for how the server does: monitors are always answered.
    fileprivate var isForTheRegistry: Bool { uri.hasPrefix("/v4/") || uri.hasPrefix("/registry/") }
}

extension TimeAmount {
    fileprivate var seconds: Double { Double(nanoseconds) * 1e-9 }
}

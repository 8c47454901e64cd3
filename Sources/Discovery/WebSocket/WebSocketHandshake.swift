import NIOCore

/// Asks for a WebSocket as soon as the connection stands, and reads the answer. What came behind it in the same piece
/// is passed on in the same turn, before the connection's end can be heard of; then the handler is gone.
final class WebSocketHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private var answer: HandshakeAnswer
    /// How long the answer may take once this handler is there, the time to connect included.
    private let limit: Duration
    /// Puts what reads frames behind this handler.
    private let upgrade: (ChannelHandlerContext) throws -> FrameInlet.Texts
    private let opened: EventLoopPromise<FrameInlet.Texts>
    private var deadline: Scheduled<Void>?
    private var isSettled = false

    init(
        _ target: WebSocketClient.Target, within limit: Duration, _ opened: EventLoopPromise<FrameInlet.Texts>,
        upgrade: @escaping (ChannelHandlerContext) throws -> FrameInlet.Texts
    ) {
        let key = WebSocketKey.random()
        request = WebSocketHandshake.request(target, key)
        answer = HandshakeAnswer(to: key)
        self.limit = limit
        self.opened = opened
        self.upgrade = upgrade
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let waiting = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            self.fail(.timedOut("no answer to the handshake within \(self.limit)"), context)
        }
        deadline = waiting
        if context.channel.isActive { send(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { settle(.failure(.ended(code: nil))) }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isSettled else { return }
        go(on: answer.take(unwrapInboundIn(data).readableBytesView), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isSettled { go(on: answer.take([], isEnd: true), context) }
        settle(.failure(.ended(code: nil)))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.cannotConnect("\(error)"), context)
    }

    private func send(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
    }

    private func go(on outcome: HandshakeAnswer.Outcome, _ context: ChannelHandlerContext) {
        switch outcome {
        case .incomplete: break
        case .refused(let status, let text): fail(.refused(status: status, text), context)
        case .malformed(let problem): fail(.malformed(problem), context)
        case .upgraded(let rest):
            do {
                settle(.success(try upgrade(context)))
            } catch {
                return fail(.cannotConnect("\(error)"), context)
            }
            if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    private func fail(_ failure: WebSocketClient.Failure, _ context: ChannelHandlerContext) {
        settle(.failure(failure))
        context.close(promise: nil)
    }

    private func settle(_ result: Result<FrameInlet.Texts, WebSocketClient.Failure>) {
        guard !isSettled else { return }
        isSettled = true
        deadline?.cancel()
        opened.completeWith(result.mapError { $0 })
    }

    private static func request(_ target: WebSocketClient.Target, _ key: WebSocketKey) -> [UInt8] {
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        let fields =
            [
                ("Host", "\(host):\(target.port)"), ("Connection", "Upgrade"), ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key.text),
            ] + target.headers.map { ($0.name, $0.value) }
        let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
        return Array("GET \(target.path) HTTP/1.1\r\n\(lines)\r\n".utf8)
    }
}

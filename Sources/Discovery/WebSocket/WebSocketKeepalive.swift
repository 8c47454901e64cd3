import NIOCore

/// Pings a server, which a service-center wants to hear within 120 s, and ends a connection over which nothing came
/// while so many pings were sent. While nobody reads, nothing can come: that does not count.
final class WebSocketKeepalive: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let interval: Duration
    private let patience: Int
    private var unanswered = 0
    private var next: Scheduled<Void>?

    /// Pings on an interval; a connection ends when as many intervals as `patience` says have brought nothing.
    init(every interval: Duration, patience: Int) {
        self.interval = interval
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) { wait(context) }

    func handlerRemoved(context: ChannelHandlerContext) { next?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unanswered = 0
        context.fireChannelRead(data)
    }

    private func wait(_ context: ChannelHandlerContext) {
        next = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(interval)) { self.tick(context) }
    }

    private func tick(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        if unanswered >= patience {
            context.fireErrorCaught(WebSocketClient.Failure.silent)
            return context.close(promise: nil)
        }
        if (try? context.channel.syncOptions?.getOption(.autoRead)) != false { unanswered += 1 }
        // A ping without a payload, masked with zeros: it stands below the codec.
        let ping: [UInt8] = [0x89, 0x80, 0, 0, 0, 0]
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: ping)), promise: nil)
        wait(context)
    }
}

internal import Glibc
internal import NIOCore

/// One connection of the scripted server: reads requests, asks the script, and carries out its answers, one at a time.
/// Confined to its event loop.
final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: ServerLog
    private let number: Int
    private var reader = RequestReader()
    private var isAnswering = false
    private var socket: ScriptedSocket?

    init(_ log: ServerLog, number: Int) {
        self.log = log
        self.number = number
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        if let socket { return socket.take(bytes) }
        reader.append(bytes)
        if reader.isForeign {
            context.close(promise: nil)
        } else {
            serve(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.closed(number)
        socket?.ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func serve(_ context: ChannelHandlerContext) {
        guard !isAnswering, let request = reader.next(connection: number) else { return }
        isAnswering = true
        let answer = log.answer(request)
        if case .webSocket(let socket) = answer, request.header("Sec-WebSocket-Key") != nil {
            self.socket = socket
            return socket.open(request, context.channel)
        }
        guard case .later(let delay, let later) = answer else { return send(AnswerPlan(answer), context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
            if context.channel.isActive { self.send(AnswerPlan(later), context) }
        }
    }

    /// Sends the plan's next step, and goes on when the socket has taken it.
    private func send(_ plan: AnswerPlan, _ context: ChannelHandlerContext) {
        guard let bytes = plan.next() else { return end(plan.ending, context) }
        let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
        written.assumeIsolated().whenSuccess { [log] in
            log.sent(bytes.count)
            // Never from here: a write that succeeds at once would recurse.
            let delay = plan.interval.map { TimeAmount($0) } ?? .zero
            context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
                if context.channel.isActive { self.send(plan, context) }
            }
        }
    }

    private func end(_ ending: AnswerPlan.Ending, _ context: ChannelHandlerContext) {
        switch ending {
        case .keepOpen:
            isAnswering = false
            serve(context)
        case .hang: break
        case .close: context.close(promise: nil)
        case .reset:
            // To linger for no time at all makes the kernel send a reset.
            let options = context.channel as? any SocketOptionProvider
            options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        }
    }
}

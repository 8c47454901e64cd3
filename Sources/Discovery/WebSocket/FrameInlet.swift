import NIOCore
import NIOWebSocket

/// The end of a client's WebSocket pipeline: answers pings and closes on the event loop, and hands the texts on, each
/// as it comes, so that none is lost that stands right before the end. Stops reading while whoever takes them is slow.
final class FrameInlet: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias Texts = NIOThrowingAsyncSequenceProducer<
        [UInt8], any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    /// Reads on when there is room again, and ends the connection when nobody listens any more.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let channel: any Channel

        func produceMore() {
            channel.eventLoop.execute {
                _ = channel.setOption(.autoRead, value: true)
                channel.read()
            }
        }

        func didTerminate() { channel.close(promise: nil) }
    }

    private let texts: Texts.Source
    /// Why the connection ended; the close code of the server, when it gave one.
    private var code: Int?
    /// What we found wrong with it.
    private var failure: WebSocketClient.Failure?
    private var isClosing = false

    private init(_ texts: Texts.Source) { self.texts = texts }

    /// An inlet for a channel, to be put at the end of its pipeline, and what will come out of it: a sequence that ends
    /// with a `WebSocketClient.Failure`.
    static func make(for channel: any Channel) -> (inlet: FrameInlet, texts: Texts) {
        let new = Texts.makeSequence(
            elementType: [UInt8].self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 64, highWatermark: 1_024), finishOnDeinit: true,
            delegate: Demand(channel: channel))
        return (FrameInlet(new.source), new.sequence)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes in one piece with the end means nothing any more.
        guard !isClosing else { return }
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary:
            let text = Array(frame.unmaskedData.readableBytesView)
            if texts.yield(text) == .stopProducing {
                _ = context.channel.setOption(.autoRead, value: false)
            }
        case .ping: answer(.pong, frame.unmaskedData, context)
        case .connectionClose:
            var payload = frame.unmaskedData
            code = payload.readInteger(as: UInt16.self).map(Int.init)
            answer(.connectionClose, frame.unmaskedData, context)
            isClosing = true
            context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        texts.finish(failure ?? .ended(code: code))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error as? WebSocketClient.Failure
        if case .breach = failure {
            var code = context.channel.allocator.buffer(capacity: 2)
            code.write(webSocketErrorCode: .protocolError)
            answer(.connectionClose, code, context)
        }
        isClosing = true
        context.close(promise: nil)
    }

    private func answer(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        context.writeAndFlush(NIOAny(frame), promise: nil)
    }
}

import NIOCore
import NIOWebSocket

/// Stands before the decoder of a client's frames, and ends the connection with code 1002 for a length that breaks the
/// rules.
final class FrameLengthCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var lengths = FrameLengths()
    private var isBroken = false

    /// Puts one into the pipeline of a WebSocket.
    static func install(on channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<WebSocketFrameDecoder>.self)
        try pipeline.addHandler(FrameLengthCheck(), position: .before(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        isBroken = lengths.areBroken(by: unwrapInboundIn(data).readableBytesView)
        // NIO's handler of such errors says goodbye.
        guard isBroken else { return context.fireChannelRead(data) }
        context.fireErrorCaught(NIOWebSocketError.multiByteControlFrameLength)
    }
}

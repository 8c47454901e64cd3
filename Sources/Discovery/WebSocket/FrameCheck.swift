import NIOCore
import NIOWebSocket

/// Lets only frames through that a server may send; the decoder and the aggregator look after lengths and fragments.
/// Rules: RFC 6455, sections 5.1 and 5.2.
final class FrameCheck: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let breach = FrameCheck.breach(unwrapInboundIn(data)) {
            return context.fireErrorCaught(WebSocketClient.Failure.breach(breach))
        }
        context.fireChannelRead(data)
    }

    /// What is wrong with a frame; nil when it is as it should be.
    private static func breach(_ frame: WebSocketFrame) -> String? {
        if frame.maskKey != nil { return "a masked frame" }
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return "a reserved bit" }
        return switch frame.opcode {
        case .text, .binary, .continuation, .ping, .pong, .connectionClose: nil
        default: "a reserved opcode"
        }
    }
}

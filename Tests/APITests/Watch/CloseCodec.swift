import NIOCore
import NIOWebSocket

/// Stands for the WebSocket codec: frames that are no events end here.
final class CloseCodec: ChannelOutboundHandler {
    typealias OutboundIn = WebSocketFrame

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.succeed()
    }
}

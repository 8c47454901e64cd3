import NIOCore
import NIOWebSocket

extension ChannelHandlerContext {
    /// Sends one control frame.
    func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer = ByteBuffer()) {
        writeAndFlush(NIOAny(WebSocketFrame(fin: true, opcode: opcode, data: payload)), promise: nil)
    }

    /// Says goodbye and ends the connection; a client that gave no code gets none, as from the real server.
    func sayGoodbye(_ code: WebSocketErrorCode?, _ reason: String = "") {
        var payload = ByteBuffer()
        if let code {
            payload.write(webSocketErrorCode: code)
            payload.writeString(reason)
        }
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: payload)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        writeAndFlush(NIOAny(frame)).whenComplete { _ in bound.value.close(mode: .all, promise: nil) }
    }
}

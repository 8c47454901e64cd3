import NIOCore

/// Text frames as bytes that are ready for the socket: a server's frames are not masked, so that the same bytes serve
/// every watcher.
/// Rule: RFC 6455, section 5.2.
enum WatchFrame {
    static func text(_ payload: [UInt8]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: payload.count + 10)
        buffer.writeInteger(UInt8(0x81))
        switch payload.count {
        case ..<126: buffer.writeInteger(UInt8(payload.count))
        case ..<65_536:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(payload.count))
        }
        buffer.writeBytes(payload)
        return buffer
    }
}

/// Stands before the WebSocket codec and lets ready frames pass it by.
final class FrameOutlet: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Hands a frame to the socket's buffer; `flush` sends it.
    func write(_ frame: ByteBuffer) { context?.write(NIOAny(frame), promise: nil) }
    func flush() { context?.flush() }
}

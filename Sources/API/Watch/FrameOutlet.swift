import NIOCore

/// Where a watcher's bytes leave: stands before the WebSocket codec, so that ready frames pass it by, and remembers
/// whether the socket takes more.
final class FrameOutlet: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private(set) var isWritable = true
    /// Told when the socket takes bytes again.
    var onWritable: () -> Void = {}

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        onWritable = {}
    }

    /// Hands bytes to the socket; `flush` sends them.
    func write(_ bytes: ByteBuffer) { context?.write(NIOAny(bytes), promise: nil) }
    func flush() { context?.flush() }
    func writeAndFlush(_ bytes: ByteBuffer) { context?.writeAndFlush(NIOAny(bytes), promise: nil) }

    /// How many bytes wait for the socket.
    var waitingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { onWritable() }
        context.fireChannelWritabilityChanged()
    }
}

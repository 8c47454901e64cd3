import Glibc
import NIOCore

/// Where a watcher's bytes leave: stands before the WebSocket codec, so that ready frames pass it by, and remembers
/// whether the socket takes more.
///
/// While the channel holds nothing back, bytes go straight to the socket: one call of the system and nothing else. What
/// the socket does not take, and everything behind it, goes the channel's way. Only for a channel that does not change
/// the bytes on their way: never under TLS.
final class FrameOutlet: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    /// The socket, where it may be written to; nil where there is none, as in a test.
    private var socket: CInt?
    /// Writes that the channel has and the socket has not.
    private var underWay = 0
    private(set) var isWritable = true
    /// Told when the socket takes bytes again.
    var onWritable: () -> Void = {}

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        socket = try? context.channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: CInt.self) { (socket: CInt) in socket }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        onWritable = {}
    }

    /// Sends bytes, as soon as the socket takes them.
    func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        let rest = bytes.readableBytes - sendAtOnce(bytes, context)
        guard rest > 0 else { return }
        underWay += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.underWay -= 1 }
        context.writeAndFlush(
            wrapOutboundOut(bytes.getSlice(at: bytes.writerIndex - rest, length: rest) ?? bytes), promise: promise)
    }

    /// How many bytes the socket took at once.
    private func sendAtOnce(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) -> Int {
        // A channel that has ended has given its descriptor back: it may be somebody else's already.
        guard underWay == 0, let socket, context.channel.isActive else { return 0 }
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        let count = bytes.withUnsafeReadableBytes { Glibc.send(socket, $0.baseAddress, $0.count, flags) }
        // An error is left for the channel to find.
        return max(0, count)
    }

    /// How many bytes wait for the socket.
    var waitingBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// What the codec writes: pings, pongs and closes.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        underWay += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in self.underWay -= 1 }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { onWritable() }
        context.fireChannelWritabilityChanged()
    }
}

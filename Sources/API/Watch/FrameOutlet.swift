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

    /// What the kernel may hold of one watcher's bytes; it takes twice this, its own overhead included. Left to itself
    /// it holds up to 4 MB of each one that reads nothing, unseen by everybody.
    static let socketBytes = 512 << 10

    private var context: ChannelHandlerContext?
    /// The socket, while it may be written to; nil where there is none, as in a test, and from the channel's end on:
    /// its descriptor may be somebody else's then.
    private var socket: CInt?
    /// Writes that the channel has and the socket has not.
    private var underWay = 0
    private(set) var isWritable = true
    /// Told when the socket takes bytes again.
    var onWritable: () -> Void = {}

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        try? context.channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: FrameOutlet.socketBytes)
        socket = try? context.channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: CInt.self) { (socket: CInt) in socket }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        socket = nil
        onWritable = {}
    }

    /// Told in the same turn in which the descriptor is given back.
    func channelInactive(context: ChannelHandlerContext) {
        socket = nil
        context.fireChannelInactive()
    }

    /// Sends bytes, as soon as the socket takes them.
    func send(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { send($0, of: bytes) } }

    /// The same for who has the bytes at hand: `pointer` is what `bytes` holds. One call of the system, nearly always.
    func send(_ pointer: UnsafeRawBufferPointer, of bytes: ByteBuffer) {
        let rest = pointer.count - sendAtOnce(pointer)
        if rest > 0 { sendThroughChannel(bytes, rest) }
    }

    private func sendThroughChannel(_ bytes: ByteBuffer, _ rest: Int) {
        guard let context else { return }
        underWay += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.underWay -= 1 }
        context.writeAndFlush(
            wrapOutboundOut(bytes.getSlice(at: bytes.writerIndex - rest, length: rest) ?? bytes), promise: promise)
    }

    /// How many bytes the socket took at once.
    private func sendAtOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard underWay == 0, let socket else { return 0 }
        // An error is left for the channel to find.
        return max(0, Glibc.send(socket, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)))
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

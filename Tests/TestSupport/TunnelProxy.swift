internal import Locks
internal import NIOCore
internal import NIOPosix

/// An HTTP proxy that knows CONNECT and nothing else, and leads every tunnel to one port of this machine.
package final class TunnelProxy: Sendable {
    private let channel: any Channel
    private let log: TunnelLog
    package let port: Int

    /// The heads of all requests, in order.
    package var requests: [String] { log.requests.withLock { $0 } }
    package var url: String { "http://127.0.0.1:\(port)" }

    package init(to destination: Int) async throws {
        let log = TunnelLog()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelEnd(destination, log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.log = log
        port = channel.localAddress?.port ?? 0
    }

    /// Stops listening; tunnels that stand go on.
    package func stop() async { try? await channel.close() }
}

private final class TunnelLog: Sendable {
    let requests = Mutex<[String]>([])
}

/// One end of a tunnel: what comes in here goes out at the other end. The client's end makes the other one.
private final class TunnelEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let destination: Int?
    private let log: TunnelLog
    private var other: (any Channel)?

    init(_ destination: Int, _ log: TunnelLog) { (self.destination, self.log) = (destination, log) }

    private init(_ other: any Channel, _ log: TunnelLog) { (destination, self.log, self.other) = (nil, log, other) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let other { return other.writeAndFlush(bytes, promise: nil) }
        log.requests.withLock { $0.append(String(buffer: bytes)) }
        let (client, log) = (context.channel, log)
        let opening = ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelEnd(client, log))
                }
            }
            .connect(host: "127.0.0.1", port: destination ?? 0)
        opening.assumeIsolated().whenSuccess { channel in
            self.other = channel
            client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
        }
        opening.assumeIsolated().whenFailure { _ in client.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { other?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

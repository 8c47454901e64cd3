import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Where a connection speaks HTTP and may become a WebSocket, at any of its requests. NIO's handler for upgrades looks
/// at a connection's first request only, so that there is a new one for each request that asks for a WebSocket. NIO's
/// decoder reads nothing behind a request that asks for any upgrade, so that there is a new one of those, too, when
/// none came of it.
/// Rule: RFC 9110, section 7.8: an upgrade to what a server does not know is ignored.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private typealias Decoder = ByteToMessageHandler<HTTPRequestDecoder>

    private let upgrade: WatchUpgrade
    /// What leaves the pipeline when the connection becomes a WebSocket.
    private let connection: HTTPConnection
    private let encoder = HTTPResponseEncoder()
    private var decoder = UpgradeGate.makeDecoder()
    private let others: [any RemovableChannelHandler] = [
        HTTPServerPipelineHandler(), NIOHTTPResponseHeadersValidator(), HTTPServerProtocolErrorHandler(),
    ]
    /// Whether the decoder reads nothing behind the request under way.
    private var decoderStops = false
    private var isInPipeline = false

    private init(_ upgrade: WatchUpgrade, _ connection: HTTPConnection) {
        self.upgrade = upgrade
        self.connection = connection
    }

    private static func makeDecoder() -> Decoder {
        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    }

    /// Has a channel speak HTTP, and `connection` answer its requests.
    static func install(
        on channel: any Channel, before connection: HTTPConnection, _ upgrade: WatchUpgrade
    ) throws {
        let gate = UpgradeGate(upgrade, connection)
        let pipeline = channel.pipeline.syncOperations
        // Behind the decoder: bytes that complete no part of a request are no sign of life.
        try pipeline.addHandlers([gate.encoder, gate.decoder] + gate.others + [gate, connection])
    }

    func handlerAdded(context: ChannelHandlerContext) { isInPipeline = true }
    func handlerRemoved(context: ChannelHandlerContext) { isInPipeline = false }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            decoderStops = head.stopsDecoder
            if decoderStops, head.asksForWebSocket { expectUpgrade(context) }
            context.fireChannelRead(data)
        case .body: context.fireChannelRead(data)
        case .end:
            let stopped = decoderStops
            decoderStops = false
            context.fireChannelRead(data)
            if stopped, isInPipeline, context.channel.isActive { replaceDecoder(context) }
        }
    }

    /// Whoever gets the request next makes a WebSocket of the connection, or goes away.
    private func expectUpgrade(_ context: ChannelHandlerContext) {
        let handler = HTTPServerUpgradeHandler(
            upgraders: [upgrade.makeUpgrader(on: context.eventLoop)], httpEncoder: encoder,
            extraHTTPHandlers: [decoder] + others + [self],
            upgradeCompletionHandler: { [connection] context in
                context.pipeline.syncOperations.removeHandler(connection, promise: nil)
            })
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
        } catch {
            context.close(promise: nil)
        }
    }

    /// What the former decoder has not read goes to the new one.
    private func replaceDecoder(_ context: ChannelHandlerContext) {
        let former = decoder
        decoder = UpgradeGate.makeDecoder()
        do {
            try context.pipeline.syncOperations.addHandler(decoder, position: .after(former))
            context.pipeline.syncOperations.removeHandler(former, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

extension HTTPRequestHead {
    /// Whether one of the protocols that the client offers is a WebSocket.
    var asksForWebSocket: Bool { headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" } }

    /// Whether llhttp takes what is behind this request for another protocol.
    fileprivate var stopsDecoder: Bool {
        method == .CONNECT || headers.contains(name: "Upgrade") && asksForUpgrade
    }

    /// Whether the connection is to be upgraded.
    var asksForUpgrade: Bool { headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" } }
}

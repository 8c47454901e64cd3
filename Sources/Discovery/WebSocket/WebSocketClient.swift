import Glibc
import Locks
package import NIOCore
import NIOPosix
import NIOWebSocket
package import Topology

/// Follows WebSockets as a client: answers pings, sends its own, hands on texts, ends when the server does.
package struct WebSocketClient: Sendable {
    /// Where to connect.
    package struct Target: Sendable {
        package var host: String
        package var port: Int
        /// Path and query.
        package var path: String
        package var headers: [(name: String, value: String)]
        /// Sent as a bearer's token.
        package var token: Secret?
        /// Nil for a plain connection.
        package var tls: UpstreamTLS?
        /// The HTTP proxy on the way; nil for none, whatever the environment says.
        package var proxy: UpstreamEndpoint?

        package init(host: String, port: Int, path: String, headers: [(name: String, value: String)] = []) {
            self.host = host
            self.port = port
            self.path = path
            self.headers = headers
        }
    }

    /// How patient it is.
    package struct Limits: Sendable {
        /// For the connection and the handshake together.
        package var handshake = Duration.seconds(10)
        /// Between two pings.
        package var ping = Duration.seconds(30)
        /// How many pings may bring nothing at all before the connection is given up.
        package var missedPings = 3

        package init() {}
    }

    /// Why there is no WebSocket, or none any more.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case cannotConnect(String)
        case timedOut(String)
        /// The server answered, but did not upgrade: the status, and the first line of its answer's body.
        case refused(status: Int, String)
        /// The answer is none to a handshake.
        case malformed(String)
        /// The connection ended; the close code, when the server gave one.
        case ended(code: Int?)
        /// The server sent what no server may.
        case breach(String)
        /// The server was silent for too long.
        case silent

        package var description: String {
            switch self {
            case .cannotConnect(let detail): "cannot connect: \(detail)"
            case .timedOut(let detail): "did not answer in time: \(detail)"
            case .refused(let status, let text):
                "the server refused the WebSocket with status \(status)" + (text.isEmpty ? "" : ": \(text)")
            case .malformed(let problem): "the server's answer makes no WebSocket: \(problem)"
            case .ended(let code):
                code.map { "the server closed the connection with code \($0)" }
                    ?? "the connection ended"
            case .breach(let problem): "the server broke the protocol: \(problem)"
            case .silent: "the server was silent for too long"
            }
        }
    }

    /// The most that one message may have, whether it comes in one frame or in several.
    private static let maxMessageBytes = 16 << 20

    private let target: Target
    private let limits: Limits
    private let group: any EventLoopGroup

    package init(
        _ target: Target, limits: Limits = Limits(), group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.target = target
        self.limits = limits
        self.group = group
    }

    /// Connects, calls `onOpen`, then `onText` with each text frame, until the server ends it or the task is cancelled.
    package func run(
        onOpen: () async throws -> Void = {}, onText: ([UInt8]) async throws -> Void
    ) async throws {
        let connection = try await open()
        do {
            try await onOpen()
        } catch {
            connection.close()
            throw error
        }
        try await connection.read(onText)
    }

    /// Connects and upgrades, within its limits; gives up at once when its task is cancelled.
    package func open() async throws(Failure) -> WebSocketConnection {
        let opening = Opening()
        return try await withTaskCancellationHandler {
            await open(opening)
        } onCancel: {
            opening.cancel()
        }.get()
    }

    private func open(_ opening: Opening) async -> Result<WebSocketConnection, Failure> {
        let loop = group.next()
        let tls: WebSocketTLS?
        do throws(Failure) {
            tls = try target.secured()
        } catch {
            return .failure(error)
        }
        let opened = loop.makePromise(of: FrameInlet.Texts.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(min(.seconds(5), TimeAmount(limits.handshake)))
                .channelInitializer { channel in
                    opening.take(channel)
                    return channel.eventLoop.makeCompletedFuture { try configure(channel, tls, opened) }
                }
                .connect(host: target.proxy?.host ?? target.host, port: target.proxy?.port ?? target.port).get()
            return .success(WebSocketConnection(channel, try await opened.futureResult.get()))
        } catch {
            opened.fail(error)
            if let failure = error as? Failure { return .failure(failure) }
            let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
            let reason = (cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(cause)"
            return .failure(.cannotConnect("\(target.host):\(target.port): \(reason)"))
        }
    }

    /// The pipeline, from the socket up.
    private func configure(
        _ channel: any Channel, _ tls: WebSocketTLS?, _ opened: EventLoopPromise<FrameInlet.Texts>
    ) throws {
        if target.proxy != nil {
            try channel.pipeline.syncOperations.addHandler(ProxyTunnel(to: target.authority))
        }
        if let tls { try channel.pipeline.syncOperations.addHandler(try tls.handler()) }
        let limits = limits
        let handshake = WebSocketHandshake(target, within: limits.handshake, opened) { context in
            let aggregator = NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024,
                maxAccumulatedFrameSize: WebSocketClient.maxMessageBytes)
            let (inlet, texts) = FrameInlet.make(for: context.channel)
            try context.pipeline.syncOperations.addHandlers([
                WebSocketKeepalive(every: limits.ping, patience: limits.missedPings),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketClient.maxMessageBytes)),
                WebSocketFrameEncoder(), FrameCheck(), aggregator, inlet,
            ])
            return texts
        }
        try channel.pipeline.syncOperations.addHandler(handshake)
    }
}

extension WebSocketClient.Target {
    /// Host and port as they stand in a URL.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    fileprivate func secured() throws(WebSocketClient.Failure) -> WebSocketTLS? {
        guard let tls else { return nil }
        return try WebSocketTLS(tls, host: host, isProxied: proxy != nil)
    }
}

/// The channel of an attempt to connect, so that it can be given up from elsewhere.
private final class Opening: Sendable {
    private struct State {
        var channel: (any Channel)?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func take(_ channel: any Channel) {
        let isCancelled = state.withLock { state in
            state.channel = channel
            return state.isCancelled
        }
        if isCancelled { channel.close(promise: nil) }
    }

    func cancel() {
        let channel = state.withLock { state in
            state.isCancelled = true
            return state.channel
        }
        channel?.close(promise: nil)
    }
}

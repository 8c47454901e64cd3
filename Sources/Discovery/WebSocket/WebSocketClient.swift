import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Follows one WebSocket as a client: answers pings, hands on texts, ends when the server does.
package struct WebSocketClient: Sendable {
    /// Where to connect.
    package struct Target: Sendable {
        package var host: String
        package var port: Int
        /// Path and query.
        package var path: String
        package var headers: [(name: String, value: String)]

        package init(host: String, port: Int, path: String, headers: [(name: String, value: String)] = []) {
            self.host = host
            self.port = port
            self.path = path
            self.headers = headers
        }
    }

    /// Why there is no WebSocket, or none any more.
    package enum Failure: Error, CustomStringConvertible {
        case cannotConnect(String)
        /// The server answered, but did not upgrade.
        case refused
        /// The connection ended; the close code, when the server gave one.
        case ended(code: Int?)

        package var description: String {
            switch self {
            case .cannotConnect(let detail): "cannot connect: \(detail)"
            case .refused: "the server refused the WebSocket"
            case .ended(let code):
                code.map { "the server closed the connection with code \($0)" }
                    ?? "the connection ended"
            }
        }
    }

    /// The most that one message may have, whether it comes in one frame or in several.
    private static let maxMessageBytes = 16 << 20

    private typealias Opened = (channel: any Channel, texts: FrameInlet.Texts)

    private let target: Target
    private let group: any EventLoopGroup

    package init(_ target: Target, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) {
        self.target = target
        self.group = group
    }

    /// Connects, calls `onOpen`, then `onText` with each text frame, until the server ends it or the task is cancelled.
    package func run(
        onOpen: () async throws -> Void = {}, onText: ([UInt8]) async throws -> Void
    ) async throws {
        guard let opened = try await connect() else { throw Failure.refused }
        defer { opened.channel.close(promise: nil) }
        try await onOpen()
        for try await text in opened.texts { try await onText(text) }
        try Task.checkCancellation()
        throw Failure.ended(code: nil)
    }

    /// The upgraded connection; nil when the server did not upgrade.
    private func connect() async throws -> Opened? {
        let upgraded: EventLoopFuture<Opened?>
        do {
            upgraded = try await ClientBootstrap(group: group)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(5))
                .connect(host: target.host, port: target.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try configure(channel) }
                }
        } catch {
            let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
            let reason = (cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(cause)"
            throw Failure.cannotConnect("\(target.host):\(target.port): \(reason)")
        }
        do {
            return try await upgraded.get()
        } catch {
            throw Failure.ended(code: nil)
        }
    }

    private func configure(_ channel: any Channel) throws -> EventLoopFuture<Opened?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Opened?>(
            maxFrameSize: WebSocketClient.maxMessageBytes
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                let aggregator = NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024,
                    maxAccumulatedFrameSize: WebSocketClient.maxMessageBytes)
                try channel.pipeline.syncOperations.addHandler(aggregator)
                return (channel, try FrameInlet.add(to: channel))
            }
        }
        var headers = HTTPHeaders([("Host", "\(target.host):\(target.port)"), ("Content-Length", "0")])
        for (name, value) in target.headers { headers.add(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.path, headers: headers)
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Opened?>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(nil)
            })
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // A frame that came in one piece with the upgrade's answer is not to be lost.
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
    }
}

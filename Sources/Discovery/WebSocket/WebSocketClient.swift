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

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

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
        guard let channel = try await connect() else { throw Failure.refused }
        var code: Int?
        try await channel.executeThenClose { inbound, outbound in
            try await onOpen()
            for try await frame in inbound {
                switch frame.opcode {
                case .text, .binary: try await onText(Array(frame.unmaskedData.readableBytesView))
                case .ping: try await outbound.write(reply(.pong, frame.unmaskedData))
                case .connectionClose:
                    var payload = frame.unmaskedData
                    code = payload.readInteger(as: UInt16.self).map(Int.init)
                    try? await outbound.write(reply(.connectionClose, frame.unmaskedData))
                    return
                default: break
                }
            }
        }
        try Task.checkCancellation()
        throw Failure.ended(code: code)
    }

    private func reply(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
    }

    /// The upgraded connection; nil when the server did not upgrade.
    private func connect() async throws -> Frames? {
        let upgraded: EventLoopFuture<Frames?>
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

    private func configure(_ channel: any Channel) throws -> EventLoopFuture<Frames?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: 16 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Frames(wrappingChannelSynchronously: channel) }
        }
        var headers = HTTPHeaders([("Host", "\(target.host):\(target.port)"), ("Content-Length", "0")])
        for (name, value) in target.headers { headers.add(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.path, headers: headers)
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
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

internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// An HTTP/1.1 server on 127.0.0.1 that does what a script says, faults included: real sockets, an ephemeral port.
///
/// Connections are kept open between answers, so that their reuse can be seen.
package final class ScriptedServer: Sendable {
    /// Answers one request. Runs on an event loop: it must not wait.
    package typealias Script = @Sendable (RecordedRequest) -> ScriptedAnswer

    private let log: ServerLog
    private let channel: any Channel
    private let scheme: String
    package let port: Int

    /// Listens, and answers by the script from then on. To be stopped with `stop()`.
    package static func start(tls: ServerTLS? = nil, script: @escaping Script) async throws -> ScriptedServer {
        let context = try tls?.context()
        let log = ServerLog(script)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    let connection = ScriptedConnection(log, number: log.opened(channel))
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(log, channel, scheme: tls == nil ? "http" : "https")
    }

    private init(_ log: ServerLog, _ channel: any Channel, scheme: String) {
        self.log = log
        self.channel = channel
        self.scheme = scheme
        port = channel.localAddress?.port ?? 0
    }

    /// Without a slash at its end.
    package var url: String { "\(scheme)://127.0.0.1:\(port)" }

    /// What the next request is answered by; may be replaced at any time.
    package var script: Script {
        get { log.read { $0.script } }
        set { log.replaceScript(newValue) }
    }

    /// Every request so far, in the order of their arrival.
    package var requests: [RecordedRequest] { log.read { $0.requests } }
    /// How many connections were ever accepted.
    package var connections: Int { log.read { $0.connections } }
    /// How many of them are open now.
    package var openConnections: Int { log.read { $0.open.count } }
    /// What the sockets have taken so far, heads and chunk sizes included, from all answers together.
    package var sentBytes: Int { log.read { $0.sentBytes } }

    /// Stops listening, closes every connection, and returns when that is done. The port is refused from then on.
    package func stop() async {
        try? await channel.close()
        for connection in log.read({ Array($0.open.values) }) { try? await connection.close() }
    }

    /// Waits for a state that is to come, asking again every few milliseconds.
    /// - Returns: whether it came in time.
    package static func eventually(
        within limit: Duration = .seconds(120),
        _ isReached: @Sendable () async -> Bool
    ) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if await isReached() { return true }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return await isReached()
    }
}

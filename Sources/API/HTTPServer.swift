package import Federation
package import Logging
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Locks

/// The right edge as a service: listens, answers, and on shutdown says goodbye to its watchers before anything else
/// ends, so that stopping is never taken for deleting.
package struct HTTPServer: Service {
    /// Where to listen; port 0 takes any free one.
    package struct Address: Sendable, CustomStringConvertible {
        package var host: String
        package var port: Int

        /// `host:port`, an IPv6 address in brackets.
        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Why it cannot listen, in an operator's words.
    package struct CannotListen: Error, CustomStringConvertible {
        package let description: String
    }

    private let federation: FederationService
    private let address: Address
    private let limits: APILimits
    private let threads: Int
    private let logger: Logger
    private let onListening: @Sendable (Address) -> Void
    /// What its handlers work with, and count.
    package let services: Services

    /// `onListening` is told the real address once connections are accepted.
    package init(
        federation: FederationService, address: Address, limits: APILimits, threads: Int = System.coreCount,
        logger: Logger, onListening: @escaping @Sendable (Address) -> Void
    ) {
        self.federation = federation
        self.address = address
        self.limits = limits
        self.threads = threads
        self.logger = logger
        self.onListening = onListening
        services = Services(federation: federation, limits: limits)
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let router = Router(Routes.all + Routes.versionThree)
        let caches = AnswerCaches(group, bytes: limits.keptBytes, counters: services.answers)
        let hubs = try await WatchHubs.make(group, services)
        let upgrade = WatchUpgrade(router: router, services: services, hubs: hubs)
        let listening = federation.registry.listen { hubs.wake() }
        let open = OpenChannels()
        let listener = try await bind(group, services, router, caches, upgrade, open)
        onListening(Address(host: address.host, port: listener.localAddress?.port ?? address.port))
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        listening.end()
        await hubs.closeAll()
        await answerWhatWaits(services)
        await open.closeAll()
        logger.debug("the server has stopped")
    }

    /// How long writes that are under way may take when the process is to end: a source answers within 3 s.
    private static let farewell = Duration.milliseconds(3_500)

    /// Lets requests that wait for a source get their answers.
    private func answerWhatWaits(_ services: Services) async {
        let deadline = services.uptime() + HTTPServer.farewell
        while services.load.waitingRequests > 0, services.uptime() < deadline {
            // The task is told to end already: it cannot sleep as others do.
            await withCheckedContinuation { continuation in
                let loop = MultiThreadedEventLoopGroup.singleton.next()
                loop.scheduleTask(in: .milliseconds(20)) { continuation.resume() }
            }
        }
    }

    private func bind(
        _ group: MultiThreadedEventLoopGroup, _ services: Services, _ router: Router, _ caches: AnswerCaches,
        _ upgrade: WatchUpgrade, _ open: OpenChannels
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = HTTPConnection(
                        router: router, services: services, cache: caches.cache(of: channel.eventLoop),
                        hubs: upgrade.hubs)
                    try prepare(channel, connection, services, upgrade, open)
                }
            }
        do {
            return try await bootstrap.bind(host: address.host, port: address.port).get()
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw CannotListen(
                description: "cannot listen on \(address): \(reason)\n"
                    + "  choose another address with --listen or with 'listen' of the topology's 'server'")
        }
    }

    private func prepare(
        _ channel: any Channel, _ connection: HTTPConnection, _ services: Services, _ upgrade: WatchUpgrade,
        _ open: OpenChannels
    ) throws {
        guard services.requests.connect(limit: limits.connections) else { return channel.close(promise: nil) }
        open.add(channel)
        channel.closeFuture.whenComplete { _ in
            services.requests.disconnect()
            open.remove(channel)
        }
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: true,
            withServerUpgrade: (
                upgraders: [upgrade.makeUpgrader(on: channel.eventLoop)],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                }
            ),
            withErrorHandling: true)
        // Behind the decoder: bytes that complete no part of a request are no sign of life.
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}

/// The connections that are open, so that they can be ended.
private final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = channel } }
    func remove(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = nil } }

    /// Ends them all; what was handed to a socket before is still sent.
    func closeAll() async {
        let open = channels.withLock { Array($0.values) }
        for channel in open { try? await channel.close().get() }
    }
}

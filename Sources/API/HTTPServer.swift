package import Federation
package import Logging
import Glibc
import NIOCore
import NIOPosix
import Registry
import ServiceLifecycle
import Locks

/// The right edge as a service: listens, answers, and on shutdown says goodbye to its watchers before anything else
/// ends, so that stopping is never taken for deleting.
package struct HTTPServer: Service {
    /// Where to listen; port 0 takes any free one.
    package struct Address: Sendable, Equatable, CustomStringConvertible {
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

        init(description: String) { self.description = description }

        /// `key` is that of the address.
        init(_ address: Address, key: String, _ error: any Error) {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            description =
                "cannot listen on \(address): \(reason)\n"
                + "  choose another address with --\(key) or with '\(key)' of the topology's 'server'"
        }
    }

    private let federation: FederationService
    private let doors: Doors
    private let threads: Int
    private let logger: Logger
    /// What its handlers work with, and count.
    package let services: Services

    /// Clients come in at their door once the sources have said enough; that of operators is open from the start to the
    /// end, and answers the same. `limits` and `doors` may change at any time.
    package init(
        federation: FederationService, doors: Doors, limits: LimitsInForce, topology: TopologyAccess = .none,
        threads: Int = System.coreCount, logger: Logger
    ) {
        self.federation = federation
        self.doors = doors
        self.threads = threads
        self.logger = logger
        services = Services(federation: federation, limits: limits, topology: topology)
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
        let caches = AnswerCaches(group, limits: services.limits, counters: services.answers)
        let hubs = try await WatchHubs.make(group, services)
        let upgrade = WatchUpgrade(router: router, services: services, hubs: hubs)
        let listening = federation.registry.listen { hubs.wake() }
        let open = OpenChannels()
        try await doors.letOperatorsIn { address in
            try await bootstrap(group, services, router, caches, upgrade, open)
                .bind(host: address.host, port: address.port).get()
        }
        await waitForSources()
        if !Task.isCancelled, !Task.isShuttingDownGracefully {
            try await doors.letClientsIn { services.readiness.enter(.serving) }
            // Returns when the process is to end.
            try? await gracefulShutdown()
            services.readiness.enter(.ending)
            await doors.closeToClients()
        }
        listening.end()
        await hubs.closeAll()
        await answerWhatWaits(services)
        await doors.closeToOperators()
        await open.closeAll()
        logger.debug("the server has stopped")
    }

    /// Returns when clients may come in, or the process is to end.
    private func waitForSources() async {
        let (registry, clock) = (federation.registry, federation.clock)
        let isFulfilled = await cancelWhenGracefulShutdown {
            await StartPolicy.wait(for: registry, clock: clock) { await doors.start }
        }
        let silent = registry.view.sources.filter { $0.state == .starting }.map(\.source.name)
        let deadline = await doors.start.deadline
        guard !isFulfilled, !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
        logger.warning(
            "clients are let in though sources have not spoken",
            metadata: ["silent": "\(silent.joined(separator: ", "))", "deadline": "\(deadline)"])
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

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ services: Services, _ router: Router, _ caches: AnswerCaches,
        _ upgrade: WatchUpgrade, _ open: OpenChannels
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
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
    }

    private func prepare(
        _ channel: any Channel, _ connection: HTTPConnection, _ services: Services, _ upgrade: WatchUpgrade,
        _ open: OpenChannels
    ) throws {
        guard services.requests.connect(limit: services.limits.now.connections) else {
            return channel.close(promise: nil)
        }
        open.add(channel)
        channel.closeFuture.whenComplete { _ in
            services.requests.disconnect()
            open.remove(channel)
        }
        try UpgradeGate.install(on: channel, before: connection, upgrade)
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

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
    private let admin: Address?
    private let start: StartPolicy
    private let threads: Int
    private let logger: Logger
    private let onAdmin: @Sendable (Address) -> Void
    private let onListening: @Sendable (Address) -> Void
    /// What its handlers work with, and count.
    package let services: Services

    /// Clients come in at `address` once the sources have said enough; `admin` is open from the start to the end, and
    /// answers the same. `limits` may change at any time. `onListening` is told the real address once clients are
    /// let in, `onAdmin` that of the other.
    package init(
        federation: FederationService, address: Address, admin: Address? = nil, start: StartPolicy = StartPolicy(),
        limits: LimitsInForce, topology: TopologyAccess = .none, threads: Int = System.coreCount,
        logger: Logger,
        onAdmin: @escaping @Sendable (Address) -> Void = { _ in },
        onListening: @escaping @Sendable (Address) -> Void
    ) {
        self.federation = federation
        self.address = address
        self.admin = admin
        self.start = start
        self.onAdmin = onAdmin
        self.threads = threads
        self.logger = logger
        self.onListening = onListening
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
        let bootstrap = bootstrap(group, services, router, caches, upgrade, open)
        var back: (any Channel)?
        if let admin { back = try await bind(bootstrap, to: admin, option: "admin", onAdmin) }
        await waitForSources()
        if !Task.isCancelled, !Task.isShuttingDownGracefully {
            let front = try await bind(bootstrap, to: address, option: "listen") { address in
                services.readiness.enter(.serving)
                onListening(address)
            }
            await withTaskCancellationOrGracefulShutdownHandler {
                try? await front.closeFuture.get()
            } onCancelOrGracefulShutdown: {
                services.readiness.enter(.ending)
                front.close(promise: nil)
            }
        }
        listening.end()
        await hubs.closeAll()
        await answerWhatWaits(services)
        try? await back?.close().get()
        await open.closeAll()
        logger.debug("the server has stopped")
    }

    /// Returns when clients may come in, or the process is to end.
    private func waitForSources() async {
        let (registry, clock) = (federation.registry, federation.clock)
        let isFulfilled = await cancelWhenGracefulShutdown { await start.wait(for: registry, clock: clock) }
        let silent = registry.view.sources.filter { $0.state == .starting }.map(\.source.name)
        guard !isFulfilled, !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
        logger.warning(
            "clients are let in though sources have not spoken",
            metadata: ["silent": "\(silent.joined(separator: ", "))", "deadline": "\(start.deadline)"])
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

    private func bind(
        _ bootstrap: ServerBootstrap, to address: Address, option: String, _ onListening: (Address) -> Void
    ) async throws -> any Channel {
        do {
            let listener = try await bootstrap.bind(host: address.host, port: address.port).get()
            onListening(Address(host: address.host, port: listener.localAddress?.port ?? address.port))
            return listener
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw CannotListen(
                description: "cannot listen on \(address): \(reason)\n"
                    + "  choose another address with --\(option) or with '\(option)' of the topology's 'server'")
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

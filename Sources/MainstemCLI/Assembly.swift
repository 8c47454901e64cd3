import API
import Discovery
import Federation
import Logging
import Registry
import ServiceCenterWire
import ServiceLifecycle
import Topology
import UnixSignals

/// The only place where concrete meets concrete: makes a running registry out of a topology.
struct Assembly {
    let federation: FederationService
    let server: HTTPServer
    private let transfers: HTTPTransfers
    /// Nil for one that is made of sources.
    private let reload: TopologyReload?

    /// Nothing is started yet; a mistake in the plugins' settings is thrown with its line. `amended` says of another
    /// topology what the command line said of this one; `reread` reads this one anew, where it comes from a file.
    /// `onListening` is told the address once connections are accepted.
    init(
        _ topology: Topology, amended: @escaping @Sendable (Topology) throws -> Topology = { $0 },
        reread: @escaping @Sendable () throws -> Topology = TopologyOptions.refuseToRead, logger: Logger,
        onListening: @escaping @Sendable (HTTPServer.Address) -> Void
    ) throws(TopologyError) {
        let transfers = HTTPTransfers()
        let epoch = UInt64.random(in: 1...(.max))
        let surroundings = Surroundings(
            transfers: transfers, clock: SystemTimekeeper(), stateDirectory: topology.state,
            process: Revision(epoch: epoch, sequence: 0).process)
        let sources = try PluginTable.builtin.makeSources(topology, surroundings)
        let federation = Assembly.federation(
            sources, policies: .init(topology), merging: MergePolicies(topology.merge),
            home: try Assembly.home(of: topology, among: sources), topology.server,
            state: topology.state.map(StateDirectory.init), epoch: epoch, logger)
        let limits = LimitsInForce(APILimits(topology.server.limits))
        let doors = Assembly.doors(topology.server, logger, onListening)
        let reload = TopologyReload(
            federation, running: topology, read: reread,
            makeSources: { topology in
                let sources = try PluginTable.builtin.makeSources(topology, surroundings)
                _ = try Assembly.home(of: topology, among: sources)
                return sources
            },
            ready: { try await Assembly.readied($0, doors, limits) }, logger: logger)
        self.init(
            federation, doors, limits, transfers, TopologyAccess(reload, amended: amended), reload, logger)
    }

    /// The same over sources that exist already.
    init(
        sources: [any Source], home: (any Home)?, server: ServerDeclaration, transfers: HTTPTransfers, logger: Logger,
        onListening: @escaping @Sendable (HTTPServer.Address) -> Void
    ) {
        let federation = Assembly.federation(sources, home: home, server, logger)
        let limits = LimitsInForce(APILimits(server.limits))
        let doors = Assembly.doors(server, logger, onListening)
        self.init(federation, doors, limits, transfers, .none, nil, logger)
    }

    private init(
        _ federation: FederationService, _ doors: Doors, _ limits: LimitsInForce,
        _ transfers: HTTPTransfers, _ access: TopologyAccess, _ reload: TopologyReload?, _ logger: Logger
    ) {
        self.federation = federation
        self.server = HTTPServer(federation: federation, doors: doors, limits: limits, topology: access, logger: logger)
        self.transfers = transfers
        self.reload = reload
    }

    private static func doors(
        _ server: ServerDeclaration, _ logger: Logger, _ onListening: @escaping @Sendable (HTTPServer.Address) -> Void
    ) -> Doors {
        Doors(
            Doors.Addresses(server), start: StartPolicy(server.start),
            onAdmin: { logger.info("operators are let in", metadata: ["address": "\($0)"]) },
            onListening: onListening)
    }

    /// Makes ready what is declared of a running server.
    private static func readied(
        _ server: ServerDeclaration, _ doors: Doors, _ limits: LimitsInForce
    ) async throws -> TopologyReload.Readied {
        let opened = try await doors.open(Doors.Addresses(server))
        return TopologyReload.Readied {
            limits.adopt(APILimits(server.limits))
            await doors.enter(opened, start: StartPolicy(server.start))
        } giveUp: {
            await doors.giveUp(opened)
        }
    }

    private static func federation(
        _ sources: [any Source], policies: [SourceID: SourcePolicy] = [:], merging: MergePolicies = MergePolicies(),
        home: (any Home)?, _ server: ServerDeclaration, state: StateDirectory? = nil,
        epoch: UInt64 = UInt64.random(in: 1...(.max)), _ logger: Logger
    ) -> FederationService {
        let history = HistoryPolicy(server)
        return FederationService(
            sources: sources, policies: policies, merging: merging, home: home, epoch: epoch,
            logCapacity: history.changes, coalescing: history.coalescing, journalEntries: history.journalEntries,
            state: state, clock: SystemTimekeeper(), unite: Instance.united, mark: Instance.marked, logger: logger)
    }

    /// What runs, in the order of its start.
    var services: [any Service] {
        let reloading: [any Service] = reload.map { [$0] } ?? []
        return [federation] + reloading + [server]
    }

    /// Runs until SIGTERM or SIGINT. The server stands last, so that it is stopped first: watches end before sources
    /// do.
    func run(logger: Logger, beside others: [any Service] = []) async throws {
        defer { transfers.shutdown() }
        // A signal that comes while files are read waits, and ends nothing.
        let signals = await UnixSignalsSequence(trapping: .sighup)
        try await federation.restore(recalling: server.services.limits.now.watchReturn)
        let signal: [any Service] = reload.map { [ReloadSignal(signals: signals, reload: $0)] } ?? []
        try await Assembly.run(signal + services + others, logger: logger)
    }

    /// Runs services until a signal ends them, in the reverse order of their start.
    static func run(_ services: [any Service], logger: Logger) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger)))
        try await group.run()
    }

    /// The service group tells of its own steps at a level that operators need not see.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }

    /// The source that takes writes.
    private static func home(
        of topology: Topology, among sources: [any Source]
    ) throws(TopologyError) -> (any Home)? {
        guard let name = topology.home, let index = topology.sources.firstIndex(where: { $0.name.rawValue == name })
        else { return nil }
        if let home = sources[index] as? any Home { return home }
        let declaration = topology.sources[index]
        throw TopologyError(
            file: declaration.file, line: declaration.line,
            problem: "source '\(name)' is the home, but its plugin '\(declaration.plugin)' takes no writes",
            remedy:
                "name a source of plugin 'local' as home, or leave the key 'home' out: then the registry is read-only")
    }
}

extension HTTPServer.Address {
    fileprivate init(_ declared: ListenAddress) { self.init(host: declared.host, port: declared.port) }
}

extension Doors.Addresses {
    fileprivate init(_ declared: ServerDeclaration) {
        self.init(
            clients: HTTPServer.Address(declared.listen), operators: declared.admin.map(HTTPServer.Address.init))
    }
}

extension StartPolicy {
    fileprivate init(_ declared: StartDeclaration) {
        self.init(declared.when == .all ? .all : .any, deadline: declared.deadline)
    }
}

extension APILimits {
    fileprivate init(_ declared: ServerLimits) {
        self.init(
            connections: FileLimit.room(for: declared.connections), watchers: declared.watchers,
            bodyBytes: declared.bodyBytes,
            headerBytes: declared.headerBytes, waitingRequests: declared.waitingRequests,
            waitingBytes: declared.waitingBytes, keptBytes: declared.keptAnswerBytes,
            watchStall: declared.watchStall, watchReturn: declared.watchReturn)
    }
}

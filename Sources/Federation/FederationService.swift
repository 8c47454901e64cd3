package import Discovery
package import Logging
package import Registry
import ServiceLifecycle

/// All sources and what they add up to, as one service: runs every source until it is told to stop.
package struct FederationService: Service {
    package let registry: FederatedRegistry
    package let counters: SourceCounters
    /// Where writes go; nil for a topology without a home.
    package let home: (any Home)?
    /// Reads the texts of schemas, which no dump has.
    package let schemas: SchemaReader
    package let clock: any Timekeeper
    private let sources: [any Source]
    private let logger: Logger
    private let writers: [SourceID: any Home]
    private let runners: [SourceID: SourceRunner]

    /// A federation of these sources, the strongest first. `epoch` tells this run from all others; `unite` is for the
    /// policy of that name.
    package init(
        sources: [any Source], home: (any Home)? = nil, policies: MergePolicies = MergePolicies(),
        unite: @escaping MergedRegistry.Unite = { $0[0] }, epoch: UInt64, logCapacity: Int, clock: any Timekeeper,
        logger: Logger
    ) {
        let now = clock.now()
        let registry = FederatedRegistry(
            sources: sources.map { SourceStatus($0.profile, since: now) }, policies: policies, unite: unite,
            epoch: epoch, logCapacity: logCapacity, clock: { clock.now() })
        let counters = SourceCounters()
        self.registry = registry
        self.counters = counters
        self.home = home
        self.sources = sources
        self.logger = logger
        self.clock = clock
        schemas = SchemaReader(sources)
        var writers: [SourceID: any Home] = [:]
        for case let source as any Home in sources where source.writing.takesOwn {
            writers[source.profile.id] = source
        }
        if let home { writers[home.profile.id] = home }
        self.writers = writers
        var runners: [SourceID: SourceRunner] = [:]
        for source in sources {
            runners[source.profile.id] = SourceRunner(
                source, registry: registry, counters: counters, clock: clock, logger: logger)
        }
        self.runners = runners
    }

    /// The source of this name, when it takes writes: as the home, or for what is its own.
    package func writer(_ source: SourceID) -> (any Home)? { writers[source] }

    /// Takes in what the sources kept over a restart; called once, before anything is served.
    package func restore() async throws(StateFailure) {
        for source in sources {
            let kept = try await source.restore()
            _ = registry.apply(kept, from: source.profile.id)
            guard !kept.instances.isEmpty else { continue }
            logger.info(
                "source is restored from disk",
                metadata: [
                    "source": "\(source.profile.id)", "microservices": "\(kept.microservices.count)",
                    "instances": "\(kept.instances.count)",
                ])
        }
    }

    /// Reads a source now, and returns when everything that it held at the time of the call is visible; false when it
    /// could not be read.
    @discardableResult
    package func refresh(_ source: SourceID) async -> Bool { await runners[source]?.refresh() ?? false }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for runner in runners.values { group.addTask { await runner.run() } }
            }
        }
    }
}

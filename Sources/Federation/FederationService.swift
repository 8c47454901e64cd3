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
    package let journal: Journal
    /// Who is known from an earlier run.
    package let restoration = Restoration()
    /// Whose word is seen that several sources know.
    package let merging: MergePolicies
    package let clock: any Timekeeper
    private let writers: [SourceID: any Home]
    private let runners: [SourceID: SourceRunner]
    private let relations: RelationKeeper

    /// A federation of these sources, the strongest first. `policies` says how far each is believed: one that is not
    /// named is believed wholly and served for ever. `epoch` tells this run from all others; what the sources say is
    /// kept in `state` over a restart. With `coalescing`, changes of one instance within that time are told as one. The
    /// journal has at most `journalEntries`. `unite` is for the merge policy of
    /// that name, `mark` for old data.
    package init(
        sources: [any Source], policies: [SourceID: SourcePolicy] = [:], merging: MergePolicies = MergePolicies(),
        home: (any Home)? = nil, epoch: UInt64, logCapacity: Int, coalescing: Duration? = nil,
        journalEntries: Int = 10_000, state: StateDirectory? = nil,
        clock: any Timekeeper, unite: @escaping MergedRegistry.Unite = { $0[0] },
        mark: @escaping MergedRegistry.Mark = { instance, _ in instance }, logger: Logger
    ) {
        let now = clock.now()
        let registry = FederatedRegistry(
            sources: sources.map { SourceStatus($0.profile, since: now) }, trust: policies.mapValues(\.trust),
            merging: merging, epoch: epoch, logCapacity: logCapacity, coalescing: coalescing, clock: clock,
            unite: unite, mark: mark)
        let counters = SourceCounters()
        self.registry = registry
        self.counters = counters
        self.home = home
        self.merging = merging
        self.clock = clock
        schemas = SchemaReader(sources)
        var writers: [SourceID: any Home] = [:]
        for case let source as any Home in sources where source.writing.takesOwn {
            writers[source.profile.id] = source
        }
        if let home { writers[home.profile.id] = home }
        self.writers = writers
        journal = Journal(
            registry, store: state?.journal ?? JournalStore(), capacity: journalEntries, clock: clock, logger: logger)
        var runners: [SourceID: SourceRunner] = [:]
        for source in sources {
            let id = source.profile.id
            let store = source.profile.keepsItself ? nil : state?.snapshots(of: id)
            runners[id] = SourceRunner(
                source, staleness: policies[id]?.staleness ?? StalenessPolicy(), registry: registry,
                counters: counters, store: store, journal: journal, clock: clock, logger: logger)
        }
        self.runners = runners
        relations = RelationKeeper(registry, store: state?.relations, clock: clock, logger: logger)
    }

    /// The source of this name, when it takes writes: as the home, or for what is its own.
    package func writer(_ source: SourceID) -> (any Home)? { writers[source] }

    /// Takes in what was kept of the sources over a restart, of all of them at once; called once, before anything is
    /// served.
    package func restore() async throws(StateFailure) {
        try await journal.restore()
        let failures = await withTaskGroup { group in
            for runner in runners.values {
                group.addTask { () async -> StateFailure? in
                    do throws(StateFailure) { try await runner.restore() } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        if let failure = failures.first { throw failure }
        try await relations.restore()
        restoration.note(registry.view, at: clock.uptime())
    }

    /// Reads a source now, and returns when everything that it held at the time of the call is visible; false when it
    /// could not be read.
    @discardableResult
    package func refresh(_ source: SourceID) async -> Bool { await runners[source]?.refresh() ?? false }

    /// Holds whatever a source withdraws from now on, until an operator releases it.
    package func hold(_ source: SourceID) { runners[source]?.hold() }

    /// Believes what is held of a source; gives how many instances that withdraws.
    package func release(_ source: SourceID) -> Int { runners[source]?.release() ?? 0 }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for runner in runners.values { group.addTask { await runner.run() } }
                group.addTask { await registry.tellWaiting() }
                group.addTask { await relations.run() }
                group.addTask { await journal.run() }
            }
        }
    }
}

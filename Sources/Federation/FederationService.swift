package import Discovery
package import Logging
package import Registry
import ServiceLifecycle

/// All sources and what they add up to, as one service: runs every source until it is told to stop.
package struct FederationService: Service {
    package let registry: FederatedRegistry
    package let counters: SourceCounters
    /// Reads the texts of schemas, which no dump has.
    package let schemas: SchemaReader
    package let journal: Journal
    /// Who is known from an earlier run.
    package let restoration = Restoration()
    package let clock: any Timekeeper
    let roster: Roster
    let state: StateDirectory?
    private let relations: RelationKeeper
    private let logger: Logger

    /// A federation of these sources: the home is the strongest, then they count in their order. `policies` says how
    /// far each is believed: one that is not named is believed wholly and served for ever. `epoch` tells this run from
    /// all others; what the sources say is kept in `state` over a restart. With `coalescing`, changes of one instance
    /// within that time are told as one. The journal has at most `journalEntries`. `unite` is for the merge policy of
    /// that name, `mark` for old data.
    package init(
        sources: [any Source], policies: [SourceID: SourcePolicy] = [:], merging: MergePolicies = MergePolicies(),
        home: (any Home)? = nil, epoch: UInt64, logCapacity: Int, coalescing: Coalescer.Policy? = nil,
        journalEntries: Int = 10_000, state: StateDirectory? = nil,
        clock: any Timekeeper, unite: @escaping MergedRegistry.Unite = { $0[0] },
        mark: @escaping MergedRegistry.Mark = { instance, _ in instance }, logger: Logger
    ) {
        let now = clock.now()
        let order = Precedence.leading(home?.profile.id, sources.map(\.profile.id))
        let profiles = Dictionary(uniqueKeysWithValues: sources.map { ($0.profile.id, $0.profile) })
        let registry = FederatedRegistry(
            sources: order.compactMap { profiles[$0].map { SourceStatus($0, since: now) } },
            trust: policies.mapValues(\.trust),
            merging: merging, epoch: epoch, logCapacity: logCapacity, coalescing: coalescing, clock: clock,
            unite: unite, mark: mark)
        let counters = SourceCounters()
        self.registry = registry
        self.counters = counters
        self.clock = clock
        self.state = state
        self.logger = logger
        journal = Journal(
            registry, store: state?.journal ?? JournalStore(), capacity: journalEntries, clock: clock, logger: logger)
        let roster = Roster()
        self.roster = roster
        schemas = SchemaReader { roster.runner($0)?.source }
        relations = RelationKeeper(registry, store: state?.relations, clock: clock, logger: logger)
        let runners = sources.map { makeRunner($0, policies[$0.profile.id]) }
        roster.replace(
            with: Roster.Members(
                Dictionary(uniqueKeysWithValues: runners.map { ($0.source.profile.id, $0) }), home: home,
                merging: merging),
            starting: runners)
    }

    /// Where writes go; nil for a topology without a home.
    package var home: (any Home)? { roster.members.home }

    /// Whose word is seen that several sources know.
    package var merging: MergePolicies { roster.members.merging }

    /// The source of this name, when it takes writes: as the home, or for what is its own.
    package func writer(_ source: SourceID) -> (any Home)? { roster.writer(source) }

    /// A runner of a source that has none.
    func makeRunner(_ source: any Source, _ policy: SourcePolicy?) -> SourceRunner {
        SourceRunner(
            source, staleness: policy?.staleness ?? StalenessPolicy(), registry: registry, counters: counters,
            store: state?.snapshots(of: source.profile), journal: journal, clock: clock, logger: logger)
    }

    /// Takes in what was kept of the sources over a restart, of all of them at once; called once, before anything is
    /// served. Consumers that come back are told what ended before, when that was not longer ago than `recalled`.
    package func restore(recalling recalled: Duration = .zero) async throws(StateFailure) {
        try await journal.restore()
        let runners = roster.members.runners
        // What the journal has not refused is no other process's.
        state?.forgetSnapshots(except: Set(runners.keys))
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
        if recalled > .zero { await journal.recall(since: clock.now().advanced(by: .zero - recalled)) }
    }

    /// Reads a source now, and returns when everything that it held at the time of the call is visible; false when it
    /// could not be read.
    @discardableResult
    package func refresh(_ source: SourceID) async -> Bool { await roster.runner(source)?.refresh() ?? false }

    /// Holds whatever a source withdraws from now on, until an operator releases it.
    package func hold(_ source: SourceID) { roster.runner(source)?.hold() }

    /// Believes what is held of a source; gives how many instances that withdraws.
    package func release(_ source: SourceID) -> Int { roster.runner(source)?.release() ?? 0 }

    /// When the lease of an instance ends that a source has; nil when the source does not keep it itself, or has no
    /// such instance.
    package func leaseEnd(of instance: InstanceRef, at source: SourceID) -> UnixTime? {
        (roster.runner(source)?.source as? any LeaseKeeper)?.leaseEnd(of: instance)
    }

    /// What sources say of a microservice and is kept out of sight by what is declared of them, in the sources' order;
    /// see `FilteredSource`.
    package func unseen(
        _ subject: MicroserviceSubject, _ instance: InstanceID?
    ) -> [(source: SourceID, microservice: UnseenMicroservice)] {
        registry.view.sources.map(\.source).flatMap { source in
            let filtered = roster.runner(source)?.source as? any FilteredSource
            return (filtered?.unseen(subject, instance) ?? []).map { (source, $0) }
        }
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await registry.tellWaiting() }
                group.addTask { await relations.run() }
                group.addTask { await journal.run() }
                for await runner in roster.arrivals { group.addTask { await runner.run() } }
            }
        }
    }
}

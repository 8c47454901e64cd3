import Discovery
import Logging
import Registry

/// Keeps over a restart what consumers looked up here, and forgets it when no source has known the consumer for long.
/// It follows the history: no look-up waits for it.
actor RelationKeeper {
    /// How long a consumer may be unknown before its look-ups are forgotten, and how often that is looked at.
    static let patience = (forgotten: Duration.seconds(3_600), looks: Duration.seconds(60))

    private let registry: FederatedRegistry
    private let store: RelationStore?
    private let clock: any Timekeeper
    private let logger: Logger
    private var cursor: Revision
    /// Since when consumers are unknown.
    private var unknown: [MicroserviceKey: Duration] = [:]
    private var looked = Duration.zero

    /// Without a store look-ups end with the process.
    init(_ registry: FederatedRegistry, store: RelationStore?, clock: any Timekeeper, logger: Logger) {
        self.registry = registry
        self.store = store
        self.clock = clock
        self.logger = logger
        cursor = registry.view.revision
    }

    /// Takes in what was kept; called once, before anything is served.
    func restore() async throws(StateFailure) {
        guard let kept = try await store?.load() else { return }
        if let fault = kept.fault {
            logger.warning("what was kept of look-ups cannot be used", metadata: ["reason": "\(fault)"])
        }
        registry.relate(kept.relations)
        cursor = registry.view.revision
    }

    /// Follows the history until the task ends.
    func run() async {
        let logger = logger
        let upkeep = Upkeep(clock: clock) { failure in
            if let failure {
                logger.warning("what consumers look up cannot be kept", metadata: ["reason": "\(failure)"])
            } else {
                logger.info("what consumers look up is kept again")
            }
        }
        await upkeep.run { () async throws(StateFailure) in try await self.keep() }
    }

    private func keep() async throws(StateFailure) {
        forget()
        guard let store else { return }
        note(in: store)
        let registry = registry
        try await store.write { registry.view.tables.allRelations }
    }

    /// Notes the look-ups of consumers of whom the history tells something new.
    private func note(in store: RelationStore) {
        let reading = registry.history(after: cursor)
        let view = registry.view
        guard case .batches(let batches) = reading else {
            cursor = view.revision
            return store.noteEverything()
        }
        guard let last = batches.last else { return }
        cursor = last.revision
        let consumers = batches.reduce(into: Set()) { $0.formUnion($1.consumers) }
        store.note(consumers.map { ($0, view.tables.relations(of: $0)) })
    }

    private func forget() {
        let now = clock.uptime()
        guard now - looked >= RelationKeeper.patience.looks else { return }
        looked = now
        let view = registry.view
        // Who was not heard yet may know them.
        guard view.sources.allSatisfy({ $0.lastSuccess != nil }) else { return }
        let consumers = view.tables.allRelations.map(\.consumer).filter { view.tables.microservice($0) == nil }
        unknown = Dictionary(uniqueKeysWithValues: consumers.map { ($0, unknown[$0] ?? now) })
        let forgotten = unknown.filter { now - $0.value >= RelationKeeper.patience.forgotten }.map(\.key)
        guard !forgotten.isEmpty else { return }
        registry.unrelate(forgotten)
        for consumer in forgotten { unknown[consumer] = nil }
    }
}

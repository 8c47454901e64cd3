package import Discovery
import Locks
import Logging
package import Registry

/// What has happened, bounded, and on disk where there is a state directory. It follows the history with a cursor of
/// its own: no change waits for it. While the disk takes nothing the history is its buffer; what falls out of that is
/// shown as a gap.
package actor Journal {
    /// How many transitions may wait to be kept.
    private static let maxTransitions = 1_000
    /// Of how many ends an earlier run is remembered at most.
    private static let maxRecalled = 10_000

    private let registry: FederatedRegistry
    private let store: JournalStore
    private var capacity: Int
    private let clock: any Timekeeper
    private let logger: Logger
    private var cursor: Revision
    /// What is in the history, but did not happen in this run.
    private var recalled: Revision?
    private nonisolated let transitions = Mutex<[JournalEntry]>([])

    /// A journal of at most `capacity` entries.
    init(_ registry: FederatedRegistry, store: JournalStore, capacity: Int, clock: any Timekeeper, logger: Logger) {
        self.registry = registry
        self.store = store
        self.capacity = capacity
        self.clock = clock
        self.logger = logger
        cursor = registry.view.revision
    }

    /// Goes on with what an earlier run has left; called once, before anything else happens.
    func restore() async throws(StateFailure) {
        guard let fault = try await store.open() else { return }
        logger.warning("what was kept of the journal cannot be used", metadata: ["reason": "\(fault)"])
    }

    /// Has the history tell what ended in an earlier run since a time, for who has not heard of it; called once, after
    /// everything that was kept is back, and before anything is served.
    func recall(since: UnixTime) async {
        do throws(StateFailure) {
            recalled = registry.recall(try await store.ends(since: since, atMost: Journal.maxRecalled))
        } catch {
            logger.warning("what ended before the start cannot be told", metadata: ["reason": "\(error)"])
        }
    }

    /// Has at most so many entries from now on; what is more goes with the next one that is kept.
    func keep(atMost capacity: Int) { self.capacity = capacity }

    /// Notes that a source does otherwise, with the facts that the log has.
    nonisolated func note(_ source: SourceID, _ state: String, facts: [String: String]) {
        let reason = ["reason", "cause", "microservices", "instances"].compactMap { name in
            facts[name].map { name == "reason" ? $0 : "\(name)=\($0)" }
        }
        let entry = JournalEntry(
            at: clock.now(), revision: registry.view.revision, source: source,
            event: .transition(from: facts["was"] ?? "", to: state, reason: reason.joined(separator: " ")))
        transitions.withLock { transitions in
            if transitions.count < Journal.maxTransitions { transitions.append(entry) }
        }
    }

    /// Follows the history until the task ends.
    func run() async {
        let logger = logger
        let upkeep = Upkeep(clock: clock) { failure in
            if let failure {
                logger.warning("the journal cannot be kept", metadata: ["reason": "\(failure)"])
            } else {
                logger.info("the journal is kept again")
            }
        }
        await upkeep.run { () async throws(StateFailure) in try await self.keep() }
    }

    /// The entries that are asked for, up to this moment, the newest first.
    package func entries(_ query: JournalQuery) async throws(StateFailure) -> [JournalEntry] {
        try await keep()
        return try await store.entries(query)
    }

    private var isKeeping = false

    private func keep() async throws(StateFailure) {
        // Who asks while the upkeep writes sees what was written before.
        guard !isKeeping else { return }
        isKeeping = true
        defer { isKeeping = false }
        let waiting = transitions.withLock { $0 }
        let (changes, head) = news()
        // By time; what happened in the order in which it did.
        let entries = (changes + waiting).enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        guard !entries.isEmpty else {
            cursor = head
            return
        }
        try await store.add(entries.suffix(capacity), capacity: capacity)
        cursor = head
        transitions.withLock { $0.removeFirst(waiting.count) }
    }

    /// The entries of what the history tells since the cursor, and the cursor after them.
    private func news() -> ([JournalEntry], Revision) {
        switch registry.history(after: cursor) {
        case .batches(let batches):
            let entries = batches.filter { $0.revision != recalled }.flatMap(\.entries)
            return (entries, batches.last?.revision ?? cursor)
        case .compacted:
            let head = registry.view.revision
            let gap = JournalEntry(at: clock.now(), revision: head, source: nil, event: .gap(since: cursor))
            return ([gap], head)
        }
    }
}

extension EventBatch {
    /// One entry a change; what a source said first in a run, or was kept of it, is one entry a source.
    fileprivate var entries: [JournalEntry] {
        guard isFirstWord || cause == .restored else {
            return changes.map { change in
                entry(
                    of: change.source,
                    .change(
                        change.action, cause, microservice: change.microservice, id: change.canonicalID,
                        instance: change.instance.id),
                    lastBody: change.action == .delete ? change.instance.body : nil)
            }
        }
        let counts = changes.reduce(into: [:]) { $0[$1.source, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { entry(of: $0.key, .firstWord(cause, changes: $0.value)) }
    }

    private func entry(
        of source: SourceID, _ event: JournalEntry.Event, lastBody: [UInt8]? = nil
    ) -> JournalEntry {
        JournalEntry(at: observed, revision: revision, source: source, event: event, lastBody: lastBody)
    }
}

import Registry

/// What readers see and what watchers are told, of one moment. The view is never behind what was told; with a window
/// for coalescing it may be ahead of it.
struct Published {
    private(set) var view: RegistryView
    private(set) var log: EventLog
    private var coalescer: Coalescer?
    /// What earlier coalescers have folded.
    private var foldedBefore = 0

    init(_ view: RegistryView, _ log: EventLog, _ coalescing: Coalescer.Policy?) {
        self.view = view
        self.log = log
        coalescer = coalescing.map { Coalescer($0, capacity: log.capacity) }
    }

    /// How many changes were never told, because others took their place.
    var folded: Int { foldedBefore + (coalescer?.folded ?? 0) }

    /// Tells changes by another policy from now on, and all that waits at once; false when that is nothing.
    mutating func tell(by policy: Coalescer.Policy?) -> Bool {
        guard policy != coalescer?.policy else { return false }
        let waiting = coalescer?.everything() ?? []
        foldedBefore = folded
        coalescer = policy.map { Coalescer($0, capacity: log.capacity) }
        return tell(waiting)
    }

    /// Has the log keep at most so many changes, a step of so many at a time; false while there is more to forget.
    mutating func keep(_ changes: Int, forgetting step: Int) -> Bool {
        guard changes != log.capacity else { return true }
        log.resize(to: max(changes, min(log.capacity, log.kept) - step))
        coalescer?.capacity = log.capacity
        return log.capacity == changes
    }

    /// When `tellDue` may have something to do, and how long changes wait; nil while there is nothing.
    var nextDue: (time: Duration, window: Duration)? {
        coalescer.flatMap { coalescer in coalescer.nextDue.map { ($0, coalescer.window) } }
    }

    /// Makes the next view, and one batch of history when there is anything to tell.
    mutating func show(
        _ tables: RegistryTables, generation: UInt64, _ sources: [SourceStatus], _ outcome: MergeOutcome,
        _ occasion: Coalescer.Occasion, at now: Duration
    ) {
        if outcome.isVisible {
            if !outcome.names.isEmpty {
                // What waits bears the former names.
                append(coalescer?.everything() ?? [])
            } else if !outcome.consumers.isEmpty {
                // Who begins to hear of a provider finds it as it is: what came before that is told before.
                append(coalescer?.comingsAndGoings() ?? [])
            }
            let told = coalescer?.admit(outcome.instances, occasion, at: now) ?? outcome.instances
            if !told.isEmpty || outcome.instances.isEmpty || !outcome.consumers.isEmpty || !outcome.names.isEmpty {
                append([(told, occasion)], consumers: outcome.consumers, names: outcome.names)
            }
        }
        view = RegistryView(revision: log.head, generation: generation, tables: tables, sources: sources)
    }

    /// Tells what has waited for its window; false when that is nothing.
    mutating func tellDue(at now: Duration) -> Bool { tell(coalescer?.due(at: now) ?? []) }

    /// Tells all that waits; false when that is nothing.
    mutating func tellEverything() -> Bool { tell(coalescer?.everything() ?? []) }

    /// Tells what has come and gone, so that the view and the history agree on what is there; false when that is
    /// nothing.
    mutating func tellComingsAndGoings() -> Bool { tell(coalescer?.comingsAndGoings() ?? []) }

    /// Tells of ends from before this history, but for instances that are there; gives the revision of that, nil when
    /// nothing is left to tell.
    mutating func recall(_ ends: [VisibleChange], observed: UnixTime) -> Revision? {
        let gone = ends.filter { view.tables.microservice($0.microservice)?.instance($0.instance.id) == nil }
        let occasion = Coalescer.Occasion(observed: observed, cause: .restored)
        return tell(gone.isEmpty ? [] : [(gone, occasion)]) ? log.head : nil
    }

    private mutating func tell(_ steps: [Coalescer.Step]) -> Bool {
        guard !steps.isEmpty else { return false }
        append(steps)
        view = RegistryView(
            revision: log.head, generation: view.generation, tables: view.tables, sources: view.sources)
        return true
    }

    private mutating func append(
        _ steps: [Coalescer.Step], consumers: Set<MicroserviceKey> = [], names: Set<SourceID> = []
    ) {
        for (changes, occasion) in steps {
            _ = log.append(
                changes, consumers: consumers, names: names, observed: occasion.observed, cause: occasion.cause,
                isFirstWord: occasion.isFirstWord)
        }
    }
}

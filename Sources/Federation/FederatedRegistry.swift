package import Discovery
import Locks
package import Registry

/// The one place that changes. Sources write to it, everybody else reads immutable views and the history.
///
/// Two locks: writers take turns on the merge, held for the size of a change; readers take the second one only to copy
/// a reference, so that a dump that is being merged delays no reader. View and history are published together: who has
/// seen an event finds it in the next view.
package final class FederatedRegistry: Sendable {
    private let core: Mutex<RegistryCore>
    private let published: Mutex<Published>
    private let listeners = Listeners()
    private let clock: any Timekeeper
    /// Something arrives when a change waits to be told.
    private let attention: AsyncStream<Void>
    private let askForAttention: AsyncStream<Void>.Continuation

    /// A registry over these sources, the strongest first. `epoch` tells this run from all others; the history keeps
    /// at most `logCapacity` changes. With `coalescing`, changes of one instance within its window are told as one.
    /// `trust` says how far a source is believed, which is wholly when it says nothing; `mark` writes on an instance
    /// since when it was not confirmed.
    package init(
        sources: [SourceStatus], trust: [SourceID: GuardPolicy] = [:], merging: MergePolicies = MergePolicies(),
        epoch: UInt64, logCapacity: Int, coalescing: Coalescer.Policy? = nil, clock: any Timekeeper,
        unite: @escaping MergedRegistry.Unite = { $0[0] },
        mark: @escaping MergedRegistry.Mark = { instance, _ in instance }
    ) {
        let merged = MergedRegistry(
            precedence: Precedence(sources.map(\.source)), policies: merging, unite: unite, mark: mark)
        let log = EventLog(epoch: epoch, capacity: logCapacity)
        let view = RegistryView(revision: log.head, generation: 0, tables: merged.tables, sources: sources)
        core = Mutex(RegistryCore(merged: merged, statuses: sources, guards: trust.mapValues(SourceGuard.init)))
        published = Mutex(Published(view, log, coalescing))
        self.clock = clock
        (attention, askForAttention) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Everything as it is now; costs a reference.
    package var view: RegistryView { published.withLock { $0.view } }

    /// What happened after a revision.
    package func history(after cursor: Revision) -> EventLog.Reading {
        published.withLock { $0.log.read(after: cursor) }
    }

    /// Reads the present and the history of one moment together; writers wait meanwhile.
    package func read<Result>(_ body: (RegistryView, borrowing EventLog) -> Result) -> Result {
        published.withLock { body($0.view, $0.log) }
    }

    /// The same for who goes on from the present with the history: what has come or gone without a word is told before.
    package func begin<Result>(_ body: (RegistryView, borrowing EventLog) -> Result) -> Result {
        let (result, hasNews) = published.withLock { published in
            let hasNews = published.tellComingsAndGoings()
            return (body(published.view, published.log), hasNews)
        }
        if hasNews { listeners.wake() }
        return result
    }

    /// How many changes were never told, because others of the same instance took their place.
    package var folded: Int { published.withLock { $0.folded } }

    /// So many times in a window it is looked for what is due: a storm does not make a turn for each of its instances.
    private static let looksEachWindow = 8

    /// Tells what waits for its time, until the task ends; then all of it.
    func tellWaiting() async {
        for await _ in attention {
            while let (due, window) = published.withLock({ $0.nextDue }), !Task.isCancelled {
                let shortest = window / FederatedRegistry.looksEachWindow
                try? await clock.sleep(for: max(shortest, due - clock.uptime()))
                tellDue()
            }
        }
        tellEverything()
    }

    func tellDue() {
        let now = clock.uptime()
        if published.withLock({ $0.tellDue(at: now) }) { listeners.wake() }
    }

    func tellEverything() {
        if published.withLock({ $0.tellEverything() }) { listeners.wake() }
    }

    /// A read of this source is on its way from now on: of what is told beside it, it says nothing.
    package func readBegins(of source: SourceID) { core.withLock { $0.guards[source]?.readBegins() } }

    /// Takes in what is believed of what a source says; readers see all of it or nothing. `isFirstWord` says that the
    /// source had not spoken before in this run.
    @discardableResult
    package func apply(_ delta: RegistryDelta, from source: SourceID, isFirstWord: Bool = false) -> Admission {
        let uptime = clock.uptime()
        return admit(delta.cause, from: source, isFirstWord: isFirstWord) { core in
            let word = SourceWord(of: source, in: core.merged)
            return core.guards[source]?.admit(delta, of: word, at: uptime) ?? delta
        }
    }

    /// Takes in what of a source's held words is believed because time has passed.
    @discardableResult
    package func settle(_ source: SourceID) -> Admission {
        let uptime = clock.uptime()
        return admit(.released, from: source) { $0.guards[source]?.takeDue(at: uptime) ?? RegistryDelta() }
    }

    /// Holds whatever a source withdraws from now on.
    @discardableResult
    package func hold(_ source: SourceID) -> Admission {
        admit(.released, from: source) { core in
            core.guards[source, default: SourceGuard(.trusting)].holdByOperator()
            return RegistryDelta()
        }
    }

    /// How long what is held of a source is held, since the start of the clock; nil when nothing is.
    func heldLeases(of source: SourceID) -> HeldLeases? { core.withLock { $0.guards[source]?.held?.leases } }

    /// An earlier run held this already of what the source's first read withdraws.
    func recall(_ held: HeldLeases, of source: SourceID) { core.withLock { $0.guards[source]?.recall(held) } }

    /// Believes what is held of a source.
    package func release(_ source: SourceID) -> Admission {
        admit(.released, from: source) { $0.guards[source]?.releaseByOperator() ?? RegistryDelta() }
    }

    /// Judges a source by another policy from now on.
    package func adopt(_ policy: GuardPolicy, for source: SourceID) -> Admission {
        admit(.released, from: source) { core in
            core.guards[source, default: SourceGuard(policy)].adopt(policy)
        }
    }

    /// How far the sources' guards doubt these words just now, in the same order.
    package func doubts(on words: [(source: SourceID, ref: InstanceRef)]) -> [Doubt] {
        let (uptime, now) = (clock.uptime(), clock.now())
        return core.withLock { core in
            words.map { source, ref in
                let place = SourceWord(of: source, in: core.merged).place(of: ref)
                return Doubt(on: ref, at: place, by: core.guards[source], uptime: uptime, now: now)
            }
        }
    }

    /// The damped instances of one microservice, with where they are. Costs all that are damped.
    package func damped(of key: MicroserviceKey) -> [(source: SourceID, instance: InstanceID)] {
        core.withLock { $0.guards }.flatMap { source, trust in
            trust.dampedPlaces.filter { $0.microservice == key }.map { (source, $0.instance) }
        }
    }

    /// What waits for its microservice, see `MergedRegistry.orphans`; changes wait meanwhile.
    package func orphans(_ id: InstanceID) -> [InstanceContribution] { core.withLock { $0.merged.orphans(id) } }

    /// Says what a source's word is worth from now on.
    @discardableResult
    package func give(_ standing: Standing, to source: SourceID) -> MergeOutcome {
        change(.standing) { core in
            core.generation += 1
            return core.merged.give(standing, to: source)
        }
    }

    private func admit(
        _ cause: Cause, from source: SourceID, isFirstWord: Bool = false,
        _ believe: (inout RegistryCore) -> RegistryDelta
    ) -> Admission {
        var believed = RegistryDelta()
        var news: [SourceGuard.News] = []
        var isWaiting = false
        let outcome = change(cause, isFirstWord: isFirstWord) { core in
            believed = believe(&core)
            news = core.guards[source]?.takeNews() ?? []
            isWaiting = core.guards[source]?.isWaiting ?? false
            if !believed.isEmpty { core.generation += 1 }
            return core.merged.apply(believed, from: source)
        }
        return Admission(believed: believed, outcome: outcome, news: news, isWaiting: isWaiting)
    }

    /// Everything that a source says, as the delta that withdraws it; O(what the source holds).
    package func withdrawal(of source: SourceID) -> RegistryDelta {
        core.withLock { $0.merged.withdrawal(of: source) }
    }

    /// Forgets a source.
    @discardableResult
    package func retire(_ source: SourceID) -> MergeOutcome {
        change(.retired) { core in
            core.statuses.removeAll { $0.source == source }
            core.guards[source] = nil
            core.generation += 1
            return core.merged.retire(source)
        }
    }

    /// Gives the sources another order, the strongest first, and other policies. `names` are the new ones of those that
    /// keep what they said under another name; `fresh` has a source that is new, or has a new name or place.
    package func reorganise(
        _ order: [SourceID], names: [SourceID: SourceID], fresh: [SourceStatus], merging: MergePolicies
    ) {
        change(.reordered) { core in
            for (from, to) in names.steps { core.guards[to] = core.guards.removeValue(forKey: from) }
            let known = Dictionary(uniqueKeysWithValues: core.statuses.map { ($0.source, $0) })
            let statuses = fresh.reduce(into: known) { $0[$1.source] = $1 }
            core.statuses = order.compactMap { statuses[$0] }
            core.generation += 1
            let renamed = core.merged.rename(names)
            var outcome = core.merged.reorder(order, policies: merging)
            outcome.isVisible = outcome.isVisible || renamed.isVisible
            outcome.names = renamed.names
            return outcome
        }
    }

    /// Remembers that a consumer looked a provider up: from the next batch on it hears of that provider.
    package func relate(_ consumer: MicroserviceKey, to rule: ProviderRule) {
        guard !(view.tables.relations(of: consumer).contains(rule)) else { return }
        relate([(consumer, [rule])])
    }

    /// Takes in what consumers looked up before a restart.
    package func relate(_ kept: [(consumer: MicroserviceKey, rules: [ProviderRule])]) {
        change { core in
            var outcome = MergeOutcome()
            for (consumer, rules) in kept {
                for rule in rules where core.merged.relate(consumer, to: rule) { outcome.consumers.insert(consumer) }
            }
            return outcome.ofConsumers(&core.generation)
        }
    }

    /// Forgets what these consumers looked up.
    package func unrelate(_ consumers: [MicroserviceKey]) {
        change { core in
            var outcome = MergeOutcome()
            outcome.consumers = Set(consumers.filter { core.merged.unrelate($0) })
            return outcome.ofConsumers(&core.generation)
        }
    }

    /// Tells of instances that ended in an earlier run, as one batch; gives its revision, nil when all are there.
    func recall(_ ends: [VisibleChange]) -> Revision? {
        published.withLock { [now = clock.now()] in $0.recall(ends, observed: now) }
    }

    /// Changes that are forgotten in one go when less is to be kept: readers wait for so long.
    private static let forgottenInOneGo = 4_096

    /// Keeps so much of the history, and tells changes so, from now on; what waits to be told is told now.
    func adopt(_ history: HistoryPolicy) {
        if published.withLock({ $0.tell(by: history.coalescing) }) { listeners.wake() }
        var isDone = false
        while !isDone {
            isDone = published.withLock {
                $0.keep(history.changes, forgetting: FederatedRegistry.forgottenInOneGo)
            }
        }
    }

    /// Changes how a source does, as readers see it.
    package func update(_ source: SourceID, _ body: (inout SourceStatus) -> Void) {
        change { core in
            if let index = core.statuses.firstIndex(where: { $0.source == source }) { body(&core.statuses[index]) }
            return MergeOutcome()
        }
    }

    /// Calls `wake` after each visible change, on the thread that made it: it must only pass the word on.
    package func listen(_ wake: @escaping @Sendable () -> Void) -> Listening { listeners.add(wake) }

    @discardableResult
    private func change(
        _ cause: Cause = .read, isFirstWord: Bool = false, _ body: (inout RegistryCore) -> MergeOutcome
    ) -> MergeOutcome {
        let outcome = core.withLock { core in
            let outcome = body(&core)
            core.showSources(uptime: clock.uptime(), now: clock.now())
            publish(core, outcome, cause, isFirstWord: isFirstWord)
            return outcome
        }
        if outcome.isVisible { listeners.wake() }
        return outcome
    }

    /// Makes the next view, and one batch of history when there is anything to tell.
    private func publish(_ core: RegistryCore, _ outcome: MergeOutcome, _ cause: Cause, isFirstWord: Bool) {
        let occasion = Coalescer.Occasion(observed: clock.now(), cause: cause, isFirstWord: isFirstWord)
        let now = clock.uptime()
        let isWaiting = published.withLock { published in
            published.show(
                core.merged.tables, generation: core.generation, core.statuses, outcome, occasion, at: now)
            return published.nextDue != nil
        }
        if isWaiting { askForAttention.yield() }
    }
}

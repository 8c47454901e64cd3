package import Registry
import Locks

/// The one place that changes. Sources write to it, everybody else reads immutable views and the history.
///
/// Two locks: writers take turns on the merge, held for the size of a change; readers take the second one only to copy
/// a reference, so that a dump that is being merged delays no reader. View and history are published together: who has
/// seen an event finds it in the next view.
package final class FederatedRegistry: Sendable {
    private struct Core {
        var merged: MergedRegistry
        var statuses: [SourceStatus]
        var generation: UInt64 = 0
    }

    private struct Published {
        var view: RegistryView
        var log: EventLog
    }

    private let core: Mutex<Core>
    private let published: Mutex<Published>
    private let listeners = Listeners()
    private let clock: @Sendable () -> UnixTime

    /// A registry over these sources, the strongest first. `epoch` tells this run from all others; the history keeps
    /// at most `logCapacity` changes.
    package init(
        sources: [SourceStatus], epoch: UInt64, logCapacity: Int, clock: @escaping @Sendable () -> UnixTime
    ) {
        let merged = MergedRegistry(precedence: Precedence(sources.map(\.source)))
        let log = EventLog(epoch: epoch, capacity: logCapacity)
        let view = RegistryView(revision: log.head, generation: 0, tables: merged.tables, sources: sources)
        core = Mutex(Core(merged: merged, statuses: sources))
        published = Mutex(Published(view: view, log: log))
        self.clock = clock
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

    /// Takes in what a source says; readers see all of it or nothing. Returns what became visible. `isFirstWord` says
    /// that the source had not spoken before in this run.
    @discardableResult
    package func apply(
        _ delta: RegistryDelta, from source: SourceID, isFirstWord: Bool = false
    ) -> MergeOutcome {
        change(isFirstWord: isFirstWord) { core in
            if !delta.isEmpty { core.generation += 1 }
            return core.merged.apply(delta, from: source)
        }
    }

    /// Forgets a source.
    @discardableResult
    package func retire(_ source: SourceID) -> MergeOutcome {
        change { core in
            core.statuses.removeAll { $0.source == source }
            core.generation += 1
            return core.merged.retire(source)
        }
    }

    /// Remembers that a consumer looked a provider up: from the next batch on it hears of that provider.
    package func relate(_ consumer: MicroserviceKey, to rule: ProviderRule) {
        guard !(view.tables.relations(of: consumer).contains(rule)) else { return }
        change { core in
            var outcome = MergeOutcome()
            guard core.merged.relate(consumer, to: rule) else { return outcome }
            core.generation += 1
            outcome.consumers = [consumer]
            outcome.isVisible = true
            return outcome
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
    private func change(isFirstWord: Bool = false, _ body: (inout Core) -> MergeOutcome) -> MergeOutcome {
        let outcome = core.withLock { core in
            let outcome = body(&core)
            for index in core.statuses.indices {
                core.statuses[index].counts = core.merged.counts(of: core.statuses[index].source)
            }
            publish(core, outcome, isFirstWord: isFirstWord)
            return outcome
        }
        if outcome.isVisible { listeners.wake() }
        return outcome
    }

    /// Makes the next view, and one batch of history when there is anything to see.
    private func publish(_ core: Core, _ outcome: MergeOutcome, isFirstWord: Bool) {
        let observed = clock()
        published.withLock { published in
            if outcome.isVisible {
                _ = published.log.append(
                    outcome.instances, consumers: outcome.consumers, observed: observed, isFirstWord: isFirstWord)
            }
            published.view = RegistryView(
                revision: published.log.head, generation: core.generation, tables: core.merged.tables,
                sources: core.statuses)
        }
    }
}

import Discovery
import Locks
import Registry

/// Takes in what one source tells: into the registry, the counters, and what is kept for the next restart. One thing
/// after the other, so that the file has them in the order in which they were believed.
final class SourceIntake: Sendable {
    private let source: SourceID
    private let registry: FederatedRegistry
    private let counters: SourceCounters
    private let store: SnapshotStore?
    private let unconfirmed = Mutex(Unconfirmed())

    init(_ source: SourceID, registry: FederatedRegistry, counters: SourceCounters, store: SnapshotStore?) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.store = store
    }

    /// Takes in what was kept over a restart.
    func restore(_ kept: RegistryDelta) {
        unconfirmed.withLock { unconfirmed in
            unconfirmed = Unconfirmed(kept)
            var kept = kept
            kept.cause = .restored
            _ = registry.apply(kept, from: source)
        }
    }

    /// Takes in what the source tells between reads.
    func hear(_ delta: RegistryDelta) {
        unconfirmed.withLock { unconfirmed in
            var delta = delta
            if delta.cause == .read { delta.cause = .told }
            unconfirmed.hear(delta)
            believe(delta)
        }
    }

    /// Takes in what a read brings: what was kept of the source, and is neither there nor told since, is gone.
    func hear(wholeRead delta: RegistryDelta, isFirstWord: Bool = false, at now: UnixTime) {
        unconfirmed.withLock { unconfirmed in
            var delta = delta
            unconfirmed.hear(delta)
            unconfirmed.withdrawRest(in: &delta)
            believe(delta, isFirstWord: isFirstWord, confirmedAt: now)
        }
    }

    /// A read has succeeded.
    func confirm(at now: UnixTime, upstreamName: String?) {
        // A read without a difference tells nothing.
        hear(wholeRead: RegistryDelta(), at: now)
        store?.confirm(at: now, upstreamName: upstreamName)
    }

    private func believe(_ delta: RegistryDelta, isFirstWord: Bool = false, confirmedAt: UnixTime? = nil) {
        if !delta.isEmpty {
            counters.changed(source, registry.apply(delta, from: source, isFirstWord: isFirstWord))
        }
        store?.note(delta, confirmedAt: confirmedAt)
    }
}

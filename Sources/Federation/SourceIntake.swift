import Discovery
import Locks
import Registry

/// Takes in what one source tells: into the registry, and what is believed of it into the notes for the next restart.
/// One thing after the other, so that the file has them in the order in which they were believed.
final class SourceIntake: Sendable {
    private let source: SourceID
    private let registry: FederatedRegistry
    private let store: SnapshotStore?
    private let unconfirmed = Mutex(Unconfirmed())

    init(_ source: SourceID, registry: FederatedRegistry, store: SnapshotStore?) {
        self.source = source
        self.registry = registry
        self.store = store
    }

    /// Takes in what was kept over a restart.
    func restore(_ kept: RegistryDelta) {
        unconfirmed.withLock { unconfirmed in
            unconfirmed = Unconfirmed(kept)
            registry.apply(kept, from: source)
        }
    }

    /// Takes in what the source tells between reads.
    func hear(_ delta: RegistryDelta) -> Admission {
        unconfirmed.withLock { unconfirmed in
            var delta = delta
            if delta.cause == .read { delta.cause = .told }
            unconfirmed.hear(delta)
            return keep(registry.apply(delta, from: source))
        }
    }

    /// Takes in what a read brings: what was kept of the source, and is neither there nor told since, is gone.
    func hear(wholeRead delta: RegistryDelta, isFirstWord: Bool = false, at now: UnixTime) -> Admission {
        unconfirmed.withLock { unconfirmed in
            var delta = delta
            unconfirmed.hear(wholeRead: &delta)
            return keep(registry.apply(delta, from: source, isFirstWord: isFirstWord), confirmedAt: now)
        }
    }

    /// A read has succeeded. Gives what became of the rest of what was kept, where the read told nothing.
    func confirm(at now: UnixTime, upstreamName: String?) -> Admission? {
        store?.confirm(at: now, upstreamName: upstreamName)
        guard unconfirmed.withLock({ !$0.isEmpty }) else { return nil }
        var nothing = RegistryDelta()
        nothing.evidence = .read(isRewound: false)
        return hear(wholeRead: nothing, at: now)
    }

    /// Believes what time has made believable.
    func settle() -> Admission { unconfirmed.withLock { _ in keep(registry.settle(source)) } }

    /// Believes what is held.
    func release() -> Admission { unconfirmed.withLock { _ in keep(registry.release(source)) } }

    private func keep(_ admission: Admission, confirmedAt: UnixTime? = nil) -> Admission {
        store?.note(admission.believed, confirmedAt: confirmedAt)
        return admission
    }
}

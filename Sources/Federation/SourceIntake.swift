import Discovery
import Locks
import Logging
import Registry

/// Takes in what one source tells: into the registry, the counters, the log, and what is kept for the next restart. One
/// thing after the other, so that the file has them in the order in which they were believed.
final class SourceIntake: Sendable {
    private let source: SourceID
    private let registry: FederatedRegistry
    private let counters: SourceCounters
    private let store: SnapshotStore?
    private let log: TransitionLog
    private struct State {
        var unconfirmed = Unconfirmed()
        var hasEnded = false
    }

    private let state = Mutex(State())
    /// Something arrives when time alone may make more of the source's word believable.
    let attention: AsyncStream<Void>
    private let askForAttention: AsyncStream<Void>.Continuation

    init(
        _ source: SourceID, registry: FederatedRegistry, counters: SourceCounters, store: SnapshotStore?,
        log: TransitionLog
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.store = store
        self.log = log
        (attention, askForAttention) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes in what was kept over a restart.
    func restore(_ kept: RegistryDelta) {
        state.withLock { state in
            state.unconfirmed = Unconfirmed(kept)
            _ = registry.apply(kept, from: source)
        }
    }

    /// What the registry has of the source is from another one in whose place it stands: this one's first read says
    /// what of that is so.
    func takeOver() {
        state.withLock { $0.unconfirmed = Unconfirmed(withdrawing: registry.withdrawal(of: source)) }
    }

    /// Takes nothing in from now on: the source is declared no more, or another one stands in its place.
    func end() { state.withLock { $0.hasEnded = true } }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// A read is on its way from now on.
    func readBegins() { registry.readBegins(of: source) }

    /// Takes in what the source tells between reads.
    func hear(_ delta: RegistryDelta) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            var delta = delta
            if delta.cause == .read { delta.cause = .told }
            state.unconfirmed.hear(delta)
            take(registry.apply(delta, from: source))
        }
    }

    /// Takes in what a read brings: what was kept of the source, and is neither there nor told since, is gone.
    func hear(wholeRead delta: RegistryDelta, isFirstWord: Bool = false, at now: UnixTime) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            var delta = delta
            if delta.evidence == .change { delta.evidence = .read(isRewound: false) }
            state.unconfirmed.hear(wholeRead: &delta)
            take(registry.apply(delta, from: source, isFirstWord: isFirstWord), confirmedAt: now)
        }
    }

    /// A read has succeeded.
    func confirm(at now: UnixTime, upstreamName: String?) {
        // A read without a difference may have told nothing.
        if state.withLock({ !$0.unconfirmed.isEmpty }) { hear(wholeRead: RegistryDelta(), at: now) }
        store?.confirm(at: now, upstreamName: upstreamName)
    }

    /// Takes in what time has made believable; false when nothing is left that it could.
    func settle() -> Bool {
        state.withLock { state in
            guard !state.hasEnded else { return false }
            let admission = registry.settle(source)
            take(admission)
            return admission.isWaiting
        }
    }

    /// Holds whatever the source withdraws from now on.
    func hold(at now: UnixTime) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            store?.noteHold(at: now)
            take(registry.hold(source))
        }
    }

    /// Believes what is held back; gives how many instances that withdraws.
    func release() -> Int {
        state.withLock { state in
            guard !state.hasEnded else { return 0 }
            store?.noteRelease()
            let admission = registry.release(source)
            take(admission)
            return admission.believed.removedInstances.count
        }
    }

    /// Judges the source by another policy from now on.
    func adopt(_ policy: GuardPolicy) {
        state.withLock { state in
            if !state.hasEnded { take(registry.adopt(policy, for: source)) }
        }
    }

    private func take(_ admission: Admission, confirmedAt: UnixTime? = nil) {
        counters.changed(source, admission.outcome)
        for news in admission.news { log.tell(.guarded(news)) }
        if admission.isWaiting { askForAttention.yield() }
        store?.note(admission.believed, confirmedAt: confirmedAt)
    }
}

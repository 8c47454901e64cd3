import Locks
package import Registry

/// What this run began with: the consumers that are known from an earlier one, and the revision behind which everything
/// is news to them: what happens in this run, and before that what ended late in the earlier one.
package final class Restoration: Sendable {
    private struct Kept {
        let revision: Revision
        let consumers: Set<MicroserviceKey>
        let at: Duration
    }

    private let kept = Mutex<Kept?>(nil)

    init() {}

    /// Everything that was kept is in this view.
    func note(_ view: RegistryView, at now: Duration) {
        let consumers = view.tables.consumers
        guard !consumers.isEmpty else { return }
        kept.withLock { $0 = Kept(revision: view.revision, consumers: consumers, at: now) }
    }

    /// From where on a consumer has to hear what happened in this run; nil for one that is not known from an earlier
    /// one, and for everybody once the time since the start has passed.
    package func revision(
        of consumer: MicroserviceKey, within window: Duration, at now: Duration
    ) -> Revision? {
        kept.withLock { kept in
            guard let known = kept else { return nil }
            guard window > .zero, now - known.at <= window else {
                kept = nil
                return nil
            }
            return known.consumers.contains(consumer) ? known.revision : nil
        }
    }
}

/// Keeps instances out of sight that come and go: bad news of them pass, good news wait until they have been quiet.
/// Pure; times are since a fixed point. Bounded by the instances that changed for the worse within one window.
struct FlapDamper: Sendable {
    private struct Damped {
        var lastChange: Duration
        /// What the instance says of itself, which is not believed yet.
        var parked: Instance?
    }

    private let policy: GuardPolicy.Damping
    private var windowStart = Duration.zero
    /// Changes for the worse in the present window.
    private var changes: [InstanceRef: Int] = [:]
    private var damped: [InstanceRef: Damped] = [:]

    init(_ policy: GuardPolicy.Damping) { self.policy = policy }

    /// How many instances have to be quiet before they are believed again.
    var dampedCount: Int { damped.count }

    func isDamped(_ ref: InstanceRef) -> Bool { damped[ref] != nil }

    /// Takes what is not believed out of a delta. `word` gives what the source is believed to say of an instance.
    mutating func filter(_ delta: inout RegistryDelta, at now: Duration, word: (InstanceRef) -> Instance?) {
        if now - windowStart >= policy.within { (changes, windowStart) = ([:], now) }
        // What only moves to another ID of its microservice does not come anew.
        let moved = damped.isEmpty ? [] : Set(delta.removedInstances.map(\.id))
        for ref in delta.removedInstances { note(ref, at: now) }
        delta.instances.removeAll { instance in
            let known = word(instance.ref)
            if known?.status == .up, instance.status != .up { note(instance.ref, at: now) }
            if moved.contains(instance.id) { damped[instance.ref] = nil }
            guard damped[instance.ref] != nil else { return false }
            // Of what is seen, anything that is no better may be seen.
            let isBetter = known == nil || (instance.status == .up && known?.status != .up)
            damped[instance.ref] = Damped(lastChange: now, parked: isBetter ? instance : nil)
            return isBetter
        }
    }

    /// What has ended is not seen again, whatever it said before.
    mutating func forget(_ ended: [InstanceRef]) {
        for ref in ended { damped[ref]?.parked = nil }
    }

    private mutating func note(_ ref: InstanceRef, at now: Duration) {
        changes[ref, default: 0] += 1
        guard damped[ref] != nil || changes[ref, default: 0] >= policy.changes else { return }
        damped[ref] = Damped(lastChange: now)
    }

    /// Gives what every instance says that is kept out of sight.
    func takeAll() -> [Instance] { damped.values.compactMap(\.parked) }

    /// Gives what instances say that have been quiet for long enough.
    mutating func takeDue(at now: Duration) -> [Instance] {
        var due: [Instance] = []
        for (ref, record) in damped where now - record.lastChange >= policy.quiet {
            if let parked = record.parked { due.append(parked) }
            damped[ref] = nil
            changes[ref] = nil
        }
        return due
    }
}

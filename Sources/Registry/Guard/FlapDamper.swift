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
    private var changes: [InstancePlace: Int] = [:]
    private var damped: [InstancePlace: Damped] = [:]
    private var fresh: [InstancePlace] = []

    init(_ policy: GuardPolicy.Damping) { self.policy = policy }

    /// How many instances have to be quiet before they are believed again.
    var dampedCount: Int { damped.count }

    /// All of them, in no order.
    var places: some Sequence<InstancePlace> { damped.keys }

    /// Those that were not damped at the last call.
    mutating func takeFresh() -> [InstancePlace] {
        defer { fresh = [] }
        return fresh.filter { damped[$0] != nil }
    }

    func isDamped(_ place: InstancePlace) -> Bool { damped[place] != nil }

    /// Takes what is not believed out of a delta.
    mutating func filter(_ delta: inout RegistryDelta, _ moves: MovedIDs, at now: Duration) {
        if now - windowStart >= policy.within { (changes, windowStart) = ([:], now) }
        if !moves.taken.isEmpty { handOver(to: &delta, moves) }
        if !delta.removedInstances.isEmpty {
            // What only moves to another ID of its microservice does not end.
            let said = Set(delta.instances.compactMap(moves.place))
            for place in delta.removedInstances.compactMap(moves.word.place) where !said.contains(place) {
                note(place, at: now)
            }
        }
        delta.instances = delta.instances.compactMap { instance in
            guard let place = moves.place(of: instance) else { return instance }
            let known = moves.word.instance(at: place)
            if known?.status == .up, instance.status != .up { note(place, at: now) }
            guard damped[place] != nil else { return instance }
            // Of what is seen, anything that is no better may be seen.
            let isBetter = known == nil || (instance.status == .up && known?.status != .up)
            damped[place] = Damped(lastChange: now, parked: isBetter ? instance : nil)
            guard isBetter else { return instance }
            // It stays in sight as it is, under the ID that its microservice has now.
            return known?.ref == instance.ref ? nil : known?.moved(to: instance.ref.service)
        }
    }

    /// What is said under an ID is said of the microservice that has it now.
    private mutating func handOver(to delta: inout RegistryDelta, _ moves: MovedIDs) {
        let known = Set(delta.instances.map(\.ref)).union(delta.removedInstances)
        for (place, record) in damped {
            guard let parked = record.parked, moves.taken[parked.ref.service] != nil else { continue }
            damped[place]?.parked = nil
            if !known.contains(parked.ref) { delta.instances.append(parked) }
        }
    }

    /// What is withdrawn is not seen again, whatever it said before.
    mutating func forget(_ withdrawn: [InstanceRef], _ word: SourceWord) {
        guard !damped.isEmpty else { return }
        for place in withdrawn.compactMap(word.place) { damped[place]?.parked = nil }
    }

    private mutating func note(_ place: InstancePlace, at now: Duration) {
        changes[place, default: 0] += 1
        guard damped[place] != nil || changes[place, default: 0] >= policy.changes else { return }
        if damped[place] == nil { fresh.append(place) }
        damped[place] = Damped(lastChange: now)
    }

    /// Gives what every instance says that is kept out of sight.
    func takeAll() -> [Instance] { damped.values.compactMap(\.parked) }

    /// Gives what instances say that have been quiet for long enough.
    mutating func takeDue(at now: Duration) -> [Instance] {
        var due: [Instance] = []
        for (place, record) in damped where now - record.lastChange >= policy.quiet {
            if let parked = record.parked { due.append(parked) }
            damped[place] = nil
            changes[place] = nil
        }
        return due
    }
}

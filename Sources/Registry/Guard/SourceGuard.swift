/// Decides what of a source's word is believed, and when: implausible is not true. Pure; times are since a fixed point.
///
/// A withdrawal that a read brings is held back when it is nearly everything, when the dump is empty, or when the
/// source's revisions went back; what is new or different goes on flowing. What is told as a single change is believed:
/// the source itself said so.
package struct SourceGuard: Sendable {
    /// What became of what the source says, for the log and the journal.
    package enum News: Sendable, Equatable {
        case held(HeldWithdrawal.Reason, instances: Int, microservices: Int)
        case released(ReleaseCause, instances: Int)
        /// An operator holds what the source withdraws from now on.
        case heldByOperator
        /// These come and go, and are kept out of sight when they say that they are well.
        case damped([InstancePlace])
        /// So many that were damped have been quiet for long enough.
        case calmed(instances: Int)
    }

    package enum ReleaseCause: String, Sendable {
        case confirmed, overdue
        case operatorsWish = "operator"
        /// Everything came back.
        case restated
        /// Another policy was declared.
        case adopted
    }

    private var policy: GuardPolicy
    private var damper: FlapDamper?
    private var peak = RecentPeak()
    package private(set) var held: HeldWithdrawal?
    /// Whether an operator holds everything that this source withdraws.
    package private(set) var isHeldByOperator = false
    private var news: [News] = []
    /// What was told beside the read that is on its way, which does not speak of it; nil while none is.
    private var told: Told?
    /// What an earlier run held; nil once a read has said what of it is still withdrawn.
    private var recalled: HeldLeases?

    private struct Told {
        var instances: Set<InstanceRef> = []
        var microservices: Set<ServiceRef> = []

        mutating func take(_ delta: RegistryDelta) {
            for instance in delta.instances { instances.insert(instance.ref) }
            for microservice in delta.microservices { microservices.insert(microservice.ref) }
            instances.subtract(delta.removedInstances)
            microservices.subtract(delta.removedMicroservices)
        }
    }

    package init(_ policy: GuardPolicy) {
        self.policy = policy
        damper = policy.damping.map(FlapDamper.init)
    }

    /// Judges by another policy from now on; gives what is believed because of that. Where withdrawals are still held
    /// back, those that are held stay so.
    package mutating func adopt(_ policy: GuardPolicy) -> RegistryDelta {
        defer { self.policy = policy }
        var delta = RegistryDelta()
        if policy.damping != self.policy.damping {
            delta.instances = damper?.takeAll() ?? []
            damper = policy.damping.map(FlapDamper.init)
        }
        if policy.quarantine == nil, !isHeldByOperator { delta.append(release(.adopted)) }
        return delta
    }

    /// Whether time alone may change what is believed.
    package var isWaiting: Bool { (held != nil && !isHeldByOperator) || dampedCount > 0 }

    /// How many instances are kept out of sight because they come and go.
    package var dampedCount: Int { damper?.dampedCount ?? 0 }

    /// The instances that are damped, in no order.
    package var dampedPlaces: [InstancePlace] { damper.map { Array($0.places) } ?? [] }

    package func isDamped(_ place: InstancePlace) -> Bool { damper?.isDamped(place) ?? false }

    /// What happened since the last call.
    package mutating func takeNews() -> [News] {
        defer { news = [] }
        let fresh = damper?.takeFresh() ?? []
        return news + (fresh.isEmpty ? [] : [.damped(fresh)])
    }

    /// What the first read withdraws was held by an earlier run already, as far as it is in this.
    package mutating func recall(_ leases: HeldLeases) { recalled = leases }

    /// A read is on its way from now on: of what is told beside it, it says nothing.
    package mutating func readBegins() { told = Told() }

    /// Gives what of a delta is believed now, with what it confirms. `word` is what the source is believed to say
    /// before.
    package mutating func admit(_ delta: RegistryDelta, of word: SourceWord, at now: Duration) -> RegistryDelta {
        var (delta, passing) = (delta, RegistryDelta())
        let (counts, moves) = (word.counts, MovedIDs(delta, word))
        if delta.evidence == .change { told?.take(delta) }
        let former = held?.leases ?? recalled
        let cameBack = held?.follow(delta, moves, passing: &passing) ?? false
        delta.spare(passing.instances)
        passing.append(moves.takeUnnamed(from: &delta))
        if word.isDropped, !isHeldByOperator {
            // Nobody sees them; held back they would return to sight with a source that says that they have gone.
            passing.removedInstances += delta.removedInstances
            delta.removedInstances = []
        }
        if let reason = reasonToHold(delta, counts, moves, at: now) {
            let (instances, microservices) = (delta.removedInstances, delta.removedMicroservices.count)
            // What is said again under another ID has not gone, and is not to be seen twice.
            let lost = moves.lost(delta)
            if lost.count < instances.count { passing.removedInstances += Set(instances).subtracting(lost) }
            delta.removedInstances = lost
            var held = held ?? HeldWithdrawal(reason, since: former?.since ?? now, at: now)
            let longest = isHeldByOperator ? nil : policy.quarantine?.longest
            held.hold(&delta, after: former, longest: longest, moves, at: now, passing: &passing)
            passing.spare(passing.instances)
            self.held = held
            damper?.forget(lost, word)
            news.append(.held(reason, instances: lost.count, microservices: microservices))
        } else if delta.evidence != .change, var held {
            let isConfirmed = held.confirm(
                reads: policy.quarantine?.reads ?? 0, cameBack: cameBack, at: now)
            self.held = held
            if isConfirmed, !isHeldByOperator { delta.append(release(.confirmed)) }
        }
        if delta.evidence != .change { (told, recalled) = (nil, nil) }
        if held?.isEmpty ?? false { _ = release(.restated) }
        delta.append(passing)
        // Whoever speaks for the first time changes nothing.
        if counts.instances > 0 { damper?.filter(&delta, moves, at: now) }
        return delta
    }

    /// Gives what is believed because time has passed; to be asked about once a second.
    package mutating func takeDue(at now: Duration) -> RegistryDelta {
        var delta = isHeldByOperator ? RegistryDelta() : held?.takeDue(at: now) ?? RegistryDelta()
        if held?.isEmpty ?? false {
            news.append(.released(.overdue, instances: delta.removedInstances.count))
            held = nil
        }
        let damped = dampedCount
        delta.instances += damper?.takeDue(at: now) ?? []
        if dampedCount < damped { news.append(.calmed(instances: damped - dampedCount)) }
        return delta
    }

    /// Holds everything that the source withdraws from now on, until an operator releases it.
    package mutating func holdByOperator() {
        if !isHeldByOperator { news.append(.heldByOperator) }
        isHeldByOperator = true
    }

    /// Gives everything that is held: an operator believes it.
    package mutating func releaseByOperator() -> RegistryDelta {
        if isHeldByOperator, held == nil { news.append(.released(.operatorsWish, instances: 0)) }
        isHeldByOperator = false
        return release(.operatorsWish)
    }

    private mutating func release(_ cause: ReleaseCause) -> RegistryDelta {
        guard var held else { return RegistryDelta() }
        let delta = held.takeAll()
        self.held = nil
        news.append(.released(cause, instances: delta.removedInstances.count))
        return delta
    }

    /// Why a delta's withdrawals are held; nil when they are believed.
    private mutating func reasonToHold(
        _ delta: RegistryDelta, _ counts: SourceCounts, _ moves: MovedIDs, at now: Duration
    ) -> HeldWithdrawal.Reason? {
        let holding = counts.instances - (held?.instanceCount ?? 0)
        let recently = peak.note(holding, at: now)
        guard delta.withdraws else { return nil }
        if isHeldByOperator { return .operatorsWish }
        guard case .read(let isRewound) = delta.evidence, let quarantine = policy.quarantine else { return nil }
        // Who is in doubt is not believed about the rest either.
        if let held { return held.reason }
        let lost = moves.lost(delta)
        if isRewound, !lost.isEmpty || !delta.removedMicroservices.isEmpty { return .rewound }
        // What was told while the dump was on its way is not withdrawn by it, and says nothing against its being empty.
        let told = told ?? Told()
        func isMass(_ count: Int, of all: Int, but told: Int) -> Bool {
            all > quarantine.above && count > 0 && count * 100 >= (all - told) * quarantine.sharePercent
        }
        let services = delta.removedMicroservices.count
        let losesServices = isMass(services, of: counts.microservices, but: told.microservices.count)
        let isEmpty =
            services > 0 && services >= counts.microservices - told.microservices.count
            && delta.instances.isEmpty && delta.microservices.isEmpty
        // What loses its microservice goes out of sight with it, though the source still has it.
        let gone = lost.count + moves.orphaned(delta)
        // A microservice that is scaled to nothing beside others is no mass withdrawal, nor are many that are, one
        // after another.
        let isScaling = delta.removedMicroservices.isEmpty
        let isOfOne = isScaling && lost.count < holding && moves.isWholeMicroservice(lost)
        let before = isScaling ? recently : holding
        let losesInstances =
            isEmpty
            ? gone > 0 && holding > quarantine.above
            : !isOfOne && isMass(gone, of: before, but: moves.countNamed(told.instances))
        guard losesServices || losesInstances else { return nil }
        return isEmpty ? .empty : .massWithdrawal
    }
}

extension RegistryDelta {
    fileprivate var withdraws: Bool {
        !(removedInstances.isEmpty && removedMicroservices.isEmpty && removedAttachments.isEmpty
            && removedDependencies.isEmpty)
    }

    /// Does not withdraw these: another instance was there before.
    fileprivate mutating func spare(_ said: [Instance]) {
        guard !said.isEmpty else { return }
        let refs = Set(said.map(\.ref))
        removedInstances.removeAll { refs.contains($0) }
    }

    fileprivate mutating func append(_ other: RegistryDelta) {
        // Adding nothing would still copy everything.
        guard !other.isEmpty else { return }
        instances += other.instances
        removedInstances += other.removedInstances
        removedAttachments += other.removedAttachments
        removedMicroservices += other.removedMicroservices
        removedDependencies += other.removedDependencies
    }
}

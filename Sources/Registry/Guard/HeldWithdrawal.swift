/// Withdrawals of one source that are not believed yet. Pure; times are since a fixed point.
package struct HeldWithdrawal: Sendable {
    /// Why they are held.
    package enum Reason: String, Sendable, CaseIterable {
        /// Nearly everything went at once.
        case massWithdrawal = "mass_withdrawal"
        /// The dump was empty.
        case empty
        /// Revisions went back: the source's store was rebuilt, or an older copy of it answered.
        case rewound
        /// An operator asked for it.
        case operatorsWish = "operator"
    }

    private struct AttachmentRef: Hashable {
        let service: ServiceRef
        let key: Attachment.Key
    }

    package let reason: Reason
    /// When the first of them was held.
    package let since: Duration
    /// When the last of them is believed at the latest; nil when only an operator ends it.
    package private(set) var until: Duration?
    /// Reads that said the same since.
    package private(set) var confirmations = 0
    private var lastConfirmation: Duration
    /// When each instance's lease would have ended.
    private var instances: [InstanceRef: Duration] = [:]
    private var microservices: Set<ServiceRef> = []
    private var attachments: Set<AttachmentRef> = []
    private var dependencies: Set<MicroserviceKey> = []

    /// Reads count as confirmations only so far apart: within a heartbeat's interval nobody can have come back.
    package static let confirmationSpacing = Duration.seconds(10)

    init(_ reason: Reason, since: Duration, at now: Duration) {
        self.reason = reason
        self.since = since
        lastConfirmation = now
    }

    /// How long it lasts, so that it lasts no longer when it has to be held anew.
    package var leases: HeldLeases {
        HeldLeases(since: since, ends: instances, microservices: microservices)
    }

    package var instanceCount: Int { instances.count }
    package var microserviceCount: Int { microservices.count }
    var isEmpty: Bool { instances.isEmpty && microservices.isEmpty && attachments.isEmpty && dependencies.isEmpty }

    package func deadline(of ref: InstanceRef) -> Duration? { instances[ref] }

    /// Takes the withdrawals out of a delta; reads have to confirm them anew. `passing` gets what is believed of them:
    /// instances whose microservice has moved to another ID, and those whose microservice has none any more. What was
    /// held by `former` already waits no longer because of that: its lease began to run then.
    mutating func hold(
        _ delta: inout RegistryDelta, after former: HeldLeases?, longest: Duration?, _ moves: MovedIDs,
        at now: Duration, passing: inout RegistryDelta
    ) {
        for ref in delta.removedInstances {
            let known = moves.word.instance(ref)
            let end = longest.map { longest in
                let end = now + min(longest, .seconds(known?.leaseSeconds ?? 120))
                return min(end, former?.ends[ref] ?? end)
            }
            if let end { until = max(until ?? end, end) }
            keep(ref, known, until: end ?? .seconds(Int64.max / 2), moves, &passing)
        }
        let isNew = former.map { !$0.microservices.isSuperset(of: delta.removedMicroservices) } ?? true
        if let longest, isNew, delta.removedInstances.isEmpty { until = max(until ?? .zero, now + longest) }
        microservices.formUnion(delta.removedMicroservices)
        for (service, key) in delta.removedAttachments { attachments.insert(AttachmentRef(service: service, key: key)) }
        dependencies.formUnion(delta.removedDependencies)
        delta.forgetWithdrawals()
        (confirmations, lastConfirmation) = (0, now)
    }

    /// Holds an instance under the ID that its microservice has by a delta, if it has any.
    private mutating func keep(
        _ ref: InstanceRef, _ known: Instance?, until end: Duration, _ moves: MovedIDs, _ passing: inout RegistryDelta
    ) {
        guard let home = moves.home(of: ref) else { return passing.removedInstances.append(ref) }
        if home != ref { passing.removedInstances.append(ref) }
        // The source has said it there, too.
        let isSaid = moves.word.place(of: home) == moves.word.place(of: ref) && moves.word.instance(home) != nil
        guard home == ref || !isSaid else { return }
        instances[home] = end
        if home != ref, let known { passing.instances.append(known.moved(to: home.service)) }
    }

    /// What is said anew, or withdrawn for certain, is held no longer, and what belongs to a microservice that moves to
    /// another ID is held there; true when any of it came back. `passing` gets what that makes believable.
    mutating func follow(_ delta: RegistryDelta, _ moves: MovedIDs, passing: inout RegistryDelta) -> Bool {
        let before = (instances.count, microservices.count)
        for instance in delta.instances { instances[instance.ref] = nil }
        for ref in delta.instances.flatMap(moves.otherRefs) where instances.removeValue(forKey: ref) != nil {
            passing.removedInstances.append(ref)
        }
        for microservice in delta.microservices { microservices.remove(microservice.ref) }
        for new in delta.attachments { attachments.remove(AttachmentRef(service: new.service, key: new.key)) }
        for rule in delta.dependencies { dependencies.remove(rule.consumer) }
        let cameBack = before != (instances.count, microservices.count)
        for ref in delta.removedInstances { instances[ref] = nil }
        for ref in delta.removedMicroservices { microservices.remove(ref) }
        guard !moves.taken.isEmpty else { return cameBack }
        // All of them leave before any arrives: where one was, another one may be held then.
        let moving = instances.filter { moves.taken[$0.key.service] != nil }
        for ref in moving.keys { instances[ref] = nil }
        for (ref, end) in moving { keep(ref, moves.word.instance(ref), until: end, moves, &passing) }
        for held in attachments where moves.taken[held.service] != nil {
            attachments.remove(held)
            passing.removedAttachments.append((held.service, held.key))
        }
        return cameBack
    }

    /// A whole read said the same; `cameBack` begins the count anew. True when it was confirmed often enough.
    mutating func confirm(reads: Int, cameBack: Bool, at now: Duration) -> Bool {
        if cameBack {
            (confirmations, lastConfirmation) = (0, now)
        } else if now - lastConfirmation >= HeldWithdrawal.confirmationSpacing {
            (confirmations, lastConfirmation) = (confirmations + 1, now)
        }
        return confirmations >= reads
    }

    /// Gives what has been held long enough: instances whose leases would have ended, and with the last of them the
    /// rest.
    mutating func takeDue(at now: Duration) -> RegistryDelta {
        guard let until else { return RegistryDelta() }
        guard now < until else { return takeAll() }
        var delta = RegistryDelta()
        for (ref, end) in instances where end <= now {
            delta.removedInstances.append(ref)
            instances[ref] = nil
        }
        return delta
    }

    mutating func takeAll() -> RegistryDelta {
        var delta = RegistryDelta()
        delta.removedInstances = Array(instances.keys)
        delta.removedMicroservices = Array(microservices)
        delta.removedAttachments = attachments.map { ($0.service, $0.key) }
        delta.removedDependencies = Array(dependencies)
        (instances, microservices, attachments, dependencies) = ([:], [], [], [])
        return delta
    }
}

extension RegistryDelta {
    fileprivate mutating func forgetWithdrawals() {
        (removedInstances, removedMicroservices, removedAttachments, removedDependencies) = ([], [], [], [])
    }
}

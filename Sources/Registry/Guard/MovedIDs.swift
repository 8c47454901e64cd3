/// What becomes of the IDs of a source's microservices when a delta is believed. Pure.
///
/// What is held back or kept out of sight belongs to a microservice and not to its ID: it follows the microservice to
/// the ID that it has then, and ends with it when it has none.
struct MovedIDs {
    /// What the source is believed to say before the delta.
    let word: SourceWord
    private var said: [ServiceRef: MicroserviceKey] = [:]
    /// The IDs that get another microservice, with the one that they had.
    private(set) var taken: [ServiceRef: MicroserviceKey] = [:]
    /// Where the microservices are kept from then on that had these IDs.
    private var homes: [MicroserviceKey: ServiceRef] = [:]

    init(_ delta: RegistryDelta, _ word: SourceWord) {
        self.word = word
        for microservice in delta.microservices {
            said[microservice.ref] = microservice.key
            if let old = word.key(of: microservice.ref), old != microservice.key { taken[microservice.ref] = old }
        }
        guard !taken.isEmpty else { return }
        let losers = Set(taken.values)
        let withdrawn = Set(delta.removedMicroservices)
        for key in losers {
            homes[key] = word.refs(of: key).first { taken[$0] == nil && !withdrawn.contains($0) }
        }
        for microservice in delta.microservices where losers.contains(microservice.key) {
            let known = homes[microservice.key]
            if known.map({ microservice.id < $0.id }) ?? true { homes[microservice.key] = microservice.ref }
        }
    }

    /// Where an instance is kept then that was kept here; nil where its microservice has no ID any more. Itself when
    /// the ID has the microservice that it had.
    func home(of ref: InstanceRef) -> InstanceRef? {
        guard let key = taken[ref.service] else { return ref }
        return homes[key].map { InstanceRef(service: $0, id: ref.id) }
    }

    /// Which instance of which microservice is said; nil where the microservice is not known.
    func place(of instance: Instance) -> InstancePlace? {
        let key = said[instance.ref.service] ?? word.key(of: instance.ref.service)
        return key.map { InstancePlace(microservice: $0, instance: instance.id) }
    }

    /// Where else the instance was kept, before the delta, that is said here.
    func otherRefs(of instance: Instance) -> [InstanceRef] {
        guard let place = place(of: instance) else { return [] }
        return word.refs(of: place.microservice).filter { $0 != instance.ref.service }
            .map { InstanceRef(service: $0, id: instance.id) }
    }

    /// Takes out of a delta what it withdraws of microservices that the source has not named. Nobody sees that, and
    /// held back it would be seen at whichever microservice gets the ID.
    func takeUnnamed(from delta: inout RegistryDelta) -> RegistryDelta {
        var unnamed = RegistryDelta()
        unnamed.removedInstances = delta.removedInstances.filter { !isNamed($0.service) }
        unnamed.removedAttachments = delta.removedAttachments.filter { !isNamed($0.service) }
        if !unnamed.removedInstances.isEmpty { delta.removedInstances.removeAll { !isNamed($0.service) } }
        if !unnamed.removedAttachments.isEmpty { delta.removedAttachments.removeAll { !isNamed($0.service) } }
        return unnamed
    }

    /// How many of these are of microservices that the source had named before the delta.
    func countNamed(_ instances: Set<InstanceRef>) -> Int { instances.count { isNamed($0.service) } }

    private func isNamed(_ service: ServiceRef) -> Bool { word.key(of: service) != nil }

    /// The instances that a delta withdraws, and does not say anew under another ID or of another microservice; nor are
    /// they known under another ID of theirs.
    func lost(_ delta: RegistryDelta) -> [InstanceRef] {
        guard !delta.removedInstances.isEmpty else { return [] }
        let removed = Set(delta.removedInstances)
        let gone = delta.instances.isEmpty ? [] : Set(removed.map(\.id))
        let moved = Set(delta.instances.filter { gone.contains($0.id) && isNew($0) }.map(\.id))
        var siblings: [ServiceRef: [ServiceRef]] = [:]
        for service in Set(removed.map(\.service)) { siblings[service] = self.siblings(of: service) }
        return delta.removedInstances.filter { ref in
            if moved.contains(ref.id) { return false }
            return !siblings[ref.service, default: []].contains { sibling in
                let other = InstanceRef(service: sibling, id: ref.id)
                return !removed.contains(other) && word.instance(other) != nil
            }
        }
    }

    /// How many instances lose their microservice by a delta that does not withdraw them.
    func orphaned(_ delta: RegistryDelta) -> Int {
        guard !delta.removedMicroservices.isEmpty else { return 0 }
        let removed = Set(delta.removedInstances)
        return delta.removedMicroservices.reduce(0) { sum, service in
            sum + word.instances(of: service).count { !removed.contains($0) }
        }
    }

    /// Whether these are all instances that one microservice has under an ID.
    func isWholeMicroservice(_ instances: [InstanceRef]) -> Bool {
        guard let service = instances.first?.service, instances.allSatisfy({ $0.service == service }) else {
            return false
        }
        return word.instances(of: service).count == instances.count
    }

    /// The other IDs that the microservice of an ID had before the delta, and keeps.
    private func siblings(of service: ServiceRef) -> [ServiceRef] {
        guard let key = word.key(of: service) else { return [] }
        return word.refs(of: key).filter { $0 != service && taken[$0] == nil }
    }

    /// Whether the instance was not known in this place, or under another ID.
    private func isNew(_ instance: Instance) -> Bool {
        place(of: instance).flatMap(word.instance(at:))?.ref != instance.ref
    }
}

import Registry

/// Which microservices one upstream has, what its IDs mean, and so which parts there are to watch; and which are
/// observers, whose entries concern nobody. Pure.
struct KnownMicroservices {
    private var keys: [ServiceRef: MicroserviceKey] = [:]
    /// What other IDs meant when they were heard of: those that a read has withdrawn, which need not be believed, and
    /// those that only a frame has told of. At most `maxFormer`, of which all are forgotten for one more.
    private var former: [ServiceRef: MicroserviceKey] = [:]
    private static let maxFormer = 10_000
    private var sizes: [ObservedPart: Int] = [:]
    private var observers: Set<ServiceRef> = []
    /// Grows when a part comes or goes.
    private(set) var partsVersion = 0

    /// Every part that has a microservice.
    var parts: Set<ObservedPart> { Set(sizes.keys) }

    /// The part that a microservice is in; nil for one that is not known.
    func part(of service: ServiceRef) -> ObservedPart? { keys[service].map(ObservedPart.init) }

    func knows(_ service: ServiceRef) -> Bool { keys[service] != nil || observers.contains(service) }

    /// Whether an ID means another microservice than this one, or did when it was last known.
    func contradicts(_ service: ServiceRef, _ key: MicroserviceKey) -> Bool {
        (keys[service] ?? former[service]).map { $0 != key } ?? false
    }

    /// A frame takes an ID for this microservice, which counts until the microservice itself is known.
    mutating func hear(of service: ServiceRef, as key: MicroserviceKey) {
        guard !knows(service), former[service] == nil else { return }
        remember(service, key)
    }

    /// Takes in what is new in a delta, and takes everything out of it that observers have.
    mutating func learn(_ delta: inout RegistryDelta) {
        for microservice in delta.microservices { learn(microservice) }
        delta.dependencies.removeAll { ObserverIdentity.isObserver($0.consumer.name) }
        delta.removedDependencies.removeAll { ObserverIdentity.isObserver($0.name) }
        guard !observers.isEmpty else { return }
        let observers = observers
        delta.microservices.removeAll { observers.contains($0.ref) }
        delta.attachments.removeAll { observers.contains($0.service) }
        delta.instances.removeAll { observers.contains($0.ref.service) }
        delta.removedInstances.removeAll { observers.contains($0.service) }
        delta.removedAttachments.removeAll { observers.contains($0.service) }
    }

    /// Takes in what a delta withdraws, once everything else in it has been looked at.
    mutating func forget(_ delta: inout RegistryDelta) {
        delta.removedMicroservices.removeAll { observers.remove($0) != nil }
        for service in delta.removedMicroservices { leave(service) }
    }

    private mutating func learn(_ microservice: Microservice) {
        let name = microservice.key.name
        guard !ObserverIdentity.isObserver(name) else {
            observers.insert(microservice.ref)
            return
        }
        former[microservice.ref] = nil
        let old = keys.updateValue(microservice.key, forKey: microservice.ref).map(ObservedPart.init)
        let part = ObservedPart(of: microservice.key)
        guard old != part else { return }
        if let old { shrink(old) }
        if sizes[part] == nil { partsVersion += 1 }
        sizes[part, default: 0] += 1
    }

    private mutating func leave(_ service: ServiceRef) {
        guard let key = keys.removeValue(forKey: service) else { return }
        remember(service, key)
        shrink(ObservedPart(of: key))
    }

    private mutating func remember(_ service: ServiceRef, _ key: MicroserviceKey) {
        if former.count >= KnownMicroservices.maxFormer { former = [:] }
        former[service] = key
    }

    private mutating func shrink(_ part: ObservedPart) {
        guard let size = sizes[part] else { return }
        sizes[part] = size > 1 ? size - 1 : nil
        if size == 1 { partsVersion += 1 }
    }
}

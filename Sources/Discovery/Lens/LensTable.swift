import HashTreeCollections
import Registry

/// What a source said, as far as it decides what is seen of it. A copy is O(1); everything in it is the source's own
/// entries, which are held elsewhere anyway.
///
/// Every entry has a place where it is seen. Places that several entries have, because two domains are seen as one,
/// show the entry of the first domain; consumers that become one have the providers of all.
struct LensTable: Sendable {
    struct Service: Sendable {
        var microservice: Microservice?
        var instances: TreeDictionary<InstanceID, Instance> = [:]
        var attachments: TreeDictionary<Attachment.Key, Attachment> = [:]
        /// Whether it is in sight. What is said of a microservice that the source has not named waits.
        var isSeen = false

        var isEmpty: Bool { microservice == nil && instances.isEmpty && attachments.isEmpty }

        /// What of it is out of sight.
        var filtered: FilteredCounts {
            var counts = FilteredCounts()
            guard !isSeen else { return counts }
            if microservice == nil {
                counts.orphans = instances.count
            } else {
                (counts.microservices, counts.instances) = (1, instances.count)
            }
            return counts
        }

        var tags: [String: String] {
            if case .tags(let tags)? = attachments[.tags]?.content { tags } else { [:] }
        }
    }

    private var services: TreeDictionary<ServiceRef, Service> = [:]
    /// What is out of sight.
    private(set) var filtered = FilteredCounts()
    /// The tenants of the source that are seen as each one, in their order. They only grow, and are few.
    private var tenants: TreeDictionary<Tenant, [Tenant]> = [:]
    /// The microservices with each key.
    private var named: TreeDictionary<MicroserviceKey, Set<ServiceRef>> = [:]
    /// The rules of each consumer, by the place where it is seen, then by its own key.
    private var rules: TreeDictionary<MicroserviceKey, TreeDictionary<MicroserviceKey, DependencyRule>> = [:]

    /// What the source says of one of its microservices.
    func service(_ ref: ServiceRef) -> Service? { services[ref] }

    /// Everything that is out of sight, in no order.
    var unseen: some Sequence<(ref: ServiceRef, service: Service)> {
        services.lazy.filter { !$0.value.isSeen }.map { (ref: $0.key, service: $0.value) }
    }

    /// Takes in what the source says.
    mutating func take(_ delta: RegistryDelta, _ lens: LensRules) {
        for new in delta.microservices { change(new.ref, lens) { $0.microservice = new } }
        for new in delta.attachments { change(new.service, lens) { $0.attachments[new.key] = new } }
        for new in delta.instances { change(new.ref.service, lens, decides: false) { $0.instances[new.id] = new } }
        for new in delta.dependencies { rules[lens.seen(new.consumer), default: [:]][new.consumer] = new }
        for ref in delta.removedInstances {
            change(ref.service, lens, decides: false) { $0.instances[ref.id] = nil }
        }
        for (ref, key) in delta.removedAttachments { change(ref, lens) { $0.attachments[key] = nil } }
        for ref in delta.removedMicroservices { change(ref, lens) { $0.microservice = nil } }
        for consumer in delta.removedDependencies {
            let place = lens.seen(consumer)
            rules[place]?[consumer] = nil
            if rules[place]?.isEmpty ?? false { rules[place] = nil }
        }
    }

    /// `decides` says that whether the microservice is in sight may change with it.
    private mutating func change(
        _ ref: ServiceRef, _ lens: LensRules, decides: Bool = true, _ body: (inout Service) -> Void
    ) {
        let old = services[ref]?.microservice?.key
        filtered -= services[ref]?.filtered ?? FilteredCounts()
        defer { filtered += services[ref]?.filtered ?? FilteredCounts() }
        body(&services[ref, default: Service()])
        guard let service = services[ref], !service.isEmpty else { return forget(ref, old) }
        let new = service.microservice?.key
        if old != new {
            unname(ref, old)
            if let new { named[new, default: []].insert(ref) }
        }
        if decides { services[ref]?.isSeen = new.map { lens.admits($0, tags: service.tags) } ?? false }
        let place = lens.seen(ref.tenant)
        guard !(tenants[place]?.contains(ref.tenant) ?? false) else { return }
        tenants[place] = ((tenants[place] ?? []) + [ref.tenant]).sorted()
    }

    private mutating func forget(_ ref: ServiceRef, _ key: MicroserviceKey?) {
        services[ref] = nil
        unname(ref, key)
    }

    private mutating func unname(_ ref: ServiceRef, _ key: MicroserviceKey?) {
        guard let key else { return }
        named[key]?.remove(ref)
        if named[key]?.isEmpty ?? false { named[key] = nil }
    }

    /// The source's own microservices that a reference may mean here, in the order of their tenants.
    func origins(of ref: ServiceRef) -> [ServiceRef] {
        (tenants[ref.tenant] ?? []).map { ServiceRef(tenant: $0, id: ref.id) }
    }

    /// What is seen at each place.
    func microservice(at ref: ServiceRef) -> Microservice? { first(at: ref, \.microservice) }
    func instance(at ref: InstanceRef) -> Instance? { first(at: ref.service) { $0.instances[ref.id] } }
    func attachment(_ key: Attachment.Key, at ref: ServiceRef) -> Attachment? {
        first(at: ref) { $0.attachments[key] }
    }
    func rules(at consumer: MicroserviceKey, _ lens: LensRules) -> [DependencyRule] {
        (rules[consumer] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter { isSeen($0.consumer, lens) }
    }

    private func first<Entry>(at place: ServiceRef, _ entry: (Service) -> Entry?) -> Entry? {
        for ref in origins(of: place) {
            if let service = services[ref], service.isSeen, let entry = entry(service) { return entry }
        }
        return nil
    }

    /// Whether the source's microservice of this key is in sight; one that it has not named is judged by its key.
    func isSeen(_ key: MicroserviceKey, _ lens: LensRules) -> Bool {
        let known = named[key] ?? []
        return known.isEmpty ? lens.admits(key, tags: [:]) : known.contains { services[$0]?.isSeen ?? false }
    }
}

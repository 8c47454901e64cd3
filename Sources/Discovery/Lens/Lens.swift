import HashTreeCollections
import Registry
import Topology

/// How a source is seen: turns what it says into what is seen of it. Pure.
///
/// Its laws (proved in `LensLawTests`): what was told adds up to what is seen of everything that the source said, in
/// whatever order and portions it said that; what is seen unchanged is not told.
struct Lens: Sendable {
    let rules: LensRules
    /// Differs when something else may be seen.
    let fingerprint: String
    private(set) var table = LensTable()

    /// `location` is filled in where an instance names no datacenter.
    init(_ declaration: LensDeclaration, location: Location?) {
        rules = LensRules(declaration, location: location)
        let place = location.map { [$0.name, $0.region, $0.availableZone] } ?? []
        fingerprint = Digest(of: "\(declaration.fingerprint) \(place)").hex
    }

    /// How much the filters keep out of sight; nil where everything passes.
    var filtered: FilteredCounts? { rules.moves ? table.filtered : nil }

    /// Takes in what the source says, and tells what that changes of what is seen.
    mutating func see(_ delta: RegistryDelta) -> RegistryDelta {
        guard rules.moves else {
            var seen = delta
            seen.instances = delta.instances.map(rules.seen)
            return seen
        }
        let before = table
        table.take(delta, rules)
        var seen = difference(from: before, touched: places(touchedBy: delta, before))
        seen.evidence = delta.evidence
        seen.cause = delta.cause
        return seen
    }

    /// Places at which something else may be seen.
    private struct Places {
        var microservices: Set<ServiceRef> = []
        var attachments: [ServiceRef: Set<Attachment.Key>] = [:]
        var instances: Set<InstanceRef> = []
        var consumers: Set<MicroserviceKey> = []
    }

    private func places(touchedBy delta: RegistryDelta, _ before: LensTable) -> Places {
        var places = Places()
        for ref in delta.microservices.map(\.ref) + delta.removedMicroservices { add(ref, before, to: &places) }
        for (ref, key) in delta.attachments.map({ ($0.service, $0.key) }) + delta.removedAttachments {
            if key == .tags { add(ref, before, to: &places) }
            places.attachments[rules.seen(ref), default: []].insert(key)
        }
        for ref in delta.instances.map(\.ref) + delta.removedInstances { places.instances.insert(rules.seen(ref)) }
        for consumer in delta.dependencies.map(\.consumer) + delta.removedDependencies {
            places.consumers.insert(rules.seen(consumer))
        }
        return places
    }

    /// A microservice that comes into sight or goes out of it takes everything along that belongs to it.
    private func add(_ ref: ServiceRef, _ before: LensTable, to places: inout Places) {
        let (old, new) = (before.service(ref), table.service(ref))
        let place = rules.seen(ref)
        places.microservices.insert(place)
        for service in [old, new] {
            if let key = service?.microservice?.key { places.consumers.insert(rules.seen(key)) }
        }
        guard old?.isSeen ?? false != new?.isSeen ?? false else { return }
        for service in [old, new].compactMap({ $0 }) {
            for id in service.instances.keys { places.instances.insert(InstanceRef(service: place, id: id)) }
            for key in service.attachments.keys { places.attachments[place, default: []].insert(key) }
        }
    }

    private func difference(from before: LensTable, touched: Places) -> RegistryDelta {
        var delta = RegistryDelta()
        for place in touched.microservices {
            switch (before.microservice(at: place), table.microservice(at: place)) {
            case (let old, let new?): if old !== new { delta.microservices.append(rules.seen(new)) }
            case (_?, nil): delta.removedMicroservices.append(place)
            case (nil, nil): break
            }
        }
        for (place, keys) in touched.attachments {
            for key in keys {
                switch (before.attachment(key, at: place), table.attachment(key, at: place)) {
                case (let old, let new?): if old !== new { delta.attachments.append(rules.seen(new)) }
                case (_?, nil): delta.removedAttachments.append((place, key))
                case (nil, nil): break
                }
            }
        }
        for place in touched.instances {
            switch (before.instance(at: place), table.instance(at: place)) {
            case (let old, let new?): if old !== new { delta.instances.append(rules.seen(new)) }
            case (_?, nil): delta.removedInstances.append(place)
            case (nil, nil): break
            }
        }
        for place in touched.consumers {
            let (old, new) = (before.rules(at: place, rules), table.rules(at: place, rules))
            guard !old.elementsEqual(new, by: ===) else { continue }
            if new.isEmpty {
                delta.removedDependencies.append(place)
            } else {
                delta.dependencies.append(rules.seen(new, of: place))
            }
        }
        return delta
    }
}

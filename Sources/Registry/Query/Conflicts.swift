import HashTreeCollections

/// All conflicts at one moment, counted, and some of them in full.
package struct Conflicts: Sendable {
    /// At most `limit` of each kind, in the order of the microservices' keys.
    package private(set) var listed: [Conflict] = []
    package private(set) var totals: [Conflict.Kind: Int] = [:]
    /// In how many each source has a side.
    package private(set) var bySource: [SourceID: [Conflict.Kind: Int]] = [:]
    private let limit: Int

    /// None.
    package init() { limit = 0 }

    /// Looks through everything; `endpoints` reads those of one instance. O(n log n) for n instances.
    package init(in tables: RegistryTables, limit: Int, endpoints: (Instance) -> [String]) {
        self.limit = limit
        let microservices = tables.microservices.values.sorted { $0.key < $1.key }
        for merged in microservices {
            if let conflict = merged.conflictOfIDs { add(conflict) }
            for instance in merged.instances {
                if let conflict = instance.conflictOfContents(in: merged) { add(conflict) }
            }
        }
        addEndpoints(of: microservices, endpoints)
    }

    private struct Address: Hashable {
        let tenant: Tenant
        let endpoint: String
    }

    /// Where an endpoint stands: the hash of its address, and whose it is.
    private struct Place {
        let hash: Int
        let microservice: Int32
        let instance: Int32

        static func precedes(_ left: Place, _ right: Place) -> Bool {
            (left.microservice, left.instance) < (right.microservice, right.instance)
        }
    }

    /// Nearly no endpoint stands twice: only those are kept in full whose hashes do.
    private mutating func addEndpoints(
        of microservices: [MergedMicroservice], _ endpoints: (Instance) -> [String]
    ) {
        var places: [Place] = []
        for (index, merged) in microservices.enumerated() {
            for (position, instance) in merged.instances.enumerated() {
                for endpoint in endpoints(instance.visible) {
                    let hash = Address(tenant: merged.key.tenant, endpoint: endpoint).hashValue
                    places.append(Place(hash: hash, microservice: Int32(index), instance: Int32(position)))
                }
            }
        }
        places.sort { $0.hash < $1.hash }
        let shared = places.indices.filter { index in
            let hash = places[index].hash
            return (index > 0 && places[index - 1].hash == hash)
                || (index + 1 < places.count && places[index + 1].hash == hash)
        }
        var sides: [Address: [Conflict.Side]] = [:]
        var order: [Address] = []
        var last: (microservice: Int32, instance: Int32) = (-1, -1)
        for place in shared.map({ places[$0] }).sorted(by: Place.precedes) {
            // An instance is looked at once, whatever number of its endpoints are shared.
            guard last != (place.microservice, place.instance) else { continue }
            last = (place.microservice, place.instance)
            let merged = microservices[Int(place.microservice)]
            let instance = merged.instances[Int(place.instance)]
            let side = Conflict.Side(of: instance.contributions[0], in: merged.key)
            for endpoint in Set(endpoints(instance.visible)).sorted() {
                let address = Address(tenant: merged.key.tenant, endpoint: endpoint)
                if sides[address] == nil { order.append(address) }
                sides[address, default: []].append(side)
            }
        }
        for address in order {
            guard let sides = sides[address], sides.count > 1 else { continue }
            add(Conflict(kind: .endpoint, endpoint: address.endpoint, sides: sides))
        }
    }

    private mutating func add(_ conflict: Conflict) {
        let total = totals[conflict.kind, default: 0]
        totals[conflict.kind] = total + 1
        for source in Set(conflict.sides.map(\.source)) {
            bySource[source, default: [:]][conflict.kind, default: 0] += 1
        }
        if total < limit { listed.append(conflict) }
    }
}

extension MergedMicroservice {
    fileprivate var conflictOfIDs: Conflict? {
        guard contributions.contains(where: { $0.microservice.id != canonicalID }) else { return nil }
        let sides = contributions.map {
            Conflict.Side(source: $0.source, microservice: key, service: $0.microservice.id, instance: nil)
        }
        return Conflict(kind: .serviceID, endpoint: "", sides: sides)
    }
}

extension MergedInstance {
    fileprivate func conflictOfContents(in merged: MergedMicroservice) -> Conflict? {
        guard let last = shadowed.last else { return nil }
        let words = contributions
        guard words.contains(where: { !$0.instance.isEqual(to: last.instance) }) else { return nil }
        return Conflict(
            kind: .content, endpoint: "", sides: words.map { Conflict.Side(of: $0, in: merged.key) })
    }
}

extension Conflict.Side {
    fileprivate init(of word: InstanceContribution, in key: MicroserviceKey) {
        self.init(
            source: word.source, microservice: key, service: word.instance.ref.service.id, instance: word.instance)
    }
}

extension Instance {
    /// Whether it is the same as another one, but for the ID of the microservice.
    func isEqual(to other: Instance) -> Bool {
        if digest == other.digest { return true }
        let (mine, theirs) = (serviceIDRange, other.serviceIDRange)
        return body[..<Int(mine.lowerBound)] == other.body[..<Int(theirs.lowerBound)]
            && body[Int(mine.upperBound)...] == other.body[Int(theirs.upperBound)...]
    }
}

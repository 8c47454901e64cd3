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

    private mutating func addEndpoints(
        of microservices: [MergedMicroservice], _ endpoints: (Instance) -> [String]
    ) {
        var first: [Address: Conflict.Side] = [:]
        var sides: [Address: [Conflict.Side]] = [:]
        var order: [Address] = []
        for merged in microservices {
            for instance in merged.instances {
                let side = Conflict.Side(of: instance.contributions[0], in: merged.key)
                for endpoint in Set(endpoints(instance.visible)) {
                    let address = Address(tenant: merged.key.tenant, endpoint: endpoint)
                    guard let known = first[address] else {
                        first[address] = side
                        continue
                    }
                    if sides[address] == nil { order.append(address) }
                    sides[address, default: [known]].append(side)
                }
            }
        }
        for address in order {
            add(Conflict(kind: .endpoint, endpoint: address.endpoint, sides: sides[address] ?? []))
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

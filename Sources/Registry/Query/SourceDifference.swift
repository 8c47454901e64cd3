import HashTreeCollections

/// What one source has and another one lacks, and what both have and say otherwise: counted, and some of it in full.
package struct SourceDifference: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Only the first source has it, or only the second one.
        case onlyFrom, onlyTo
        /// Both have it, and their words differ; for instances in more than the ID of the microservice.
        case different
    }

    /// One source's word on a microservice or an instance.
    package struct Word: Sendable {
        /// The source's own ID of the microservice.
        package let service: ServiceID
        package let body: [UInt8]
    }

    package struct Entry: Sendable {
        package let kind: Kind
        package let microservice: MicroserviceKey
        /// Nil when it is about the microservice.
        package let instance: InstanceID?
        /// At least one of them is there.
        package let from: Word?
        package let to: Word?
    }

    /// At most `limit` of each kind, in the order of the microservices' keys and then of the instances' IDs.
    package private(set) var microservices: [Entry] = []
    package private(set) var instances: [Entry] = []
    package private(set) var microserviceTotals: [Kind: Int] = [:]
    package private(set) var instanceTotals: [Kind: Int] = [:]

    /// Looks through everything that the two say of microservices that they have named, seen or not. O(n log n) for n
    /// microservices and instances.
    package init(in tables: RegistryTables, from: SourceID, to: SourceID, limit: Int) {
        for merged in tables.microservices.values.sorted(by: { $0.key < $1.key }) {
            let mine = merged.contributions.first { $0.source == from }?.microservice
            let theirs = merged.contributions.first { $0.source == to }?.microservice
            guard mine != nil || theirs != nil else { continue }
            if let kind = Kind(mine, theirs, isSame: { $0.digest == $1.digest }) {
                let total = microserviceTotals[kind, default: 0]
                microserviceTotals[kind] = total + 1
                if total < limit {
                    microservices.append(
                        Entry(
                            kind: kind, microservice: merged.key, instance: nil, from: mine.map(Word.init),
                            to: theirs.map(Word.init)))
                }
            }
            addInstances(of: merged, from, to, limit)
        }
    }

    private mutating func addInstances(
        of merged: MergedMicroservice, _ from: SourceID, _ to: SourceID, _ limit: Int
    ) {
        var found: [Entry] = []
        for instance in merged.everyInstance {
            let words = instance.contributions
            let mine = words.first { $0.source == from }?.instance
            let theirs = words.first { $0.source == to }?.instance
            guard let kind = Kind(mine, theirs, isSame: { $0.isEqual(to: $1) }) else { continue }
            instanceTotals[kind, default: 0] += 1
            found.append(
                Entry(
                    kind: kind, microservice: merged.key, instance: instance.visible.id, from: mine.map(Word.init),
                    to: theirs.map(Word.init)))
        }
        guard !found.isEmpty else { return }
        found.sort { ($0.instance?.text ?? "") < ($1.instance?.text ?? "") }
        for kind in Kind.allCases {
            let room = limit - instances.count { $0.kind == kind }
            instances += found.filter { $0.kind == kind }.prefix(max(0, room))
        }
    }
}

extension SourceDifference.Kind {
    /// Nil when both words are the same, or there is none.
    fileprivate init?<Said>(_ mine: Said?, _ theirs: Said?, isSame: (Said, Said) -> Bool) {
        switch (mine, theirs) {
        case (let mine?, let theirs?) where isSame(mine, theirs): return nil
        case (.some, .some): self = .different
        case (.some, nil): self = .onlyFrom
        case (nil, .some): self = .onlyTo
        case (nil, nil): return nil
        }
    }
}

extension SourceDifference.Word {
    fileprivate init(_ said: Microservice) { self.init(service: said.id, body: said.body) }
    fileprivate init(_ said: Instance) { self.init(service: said.ref.service.id, body: said.body) }
}

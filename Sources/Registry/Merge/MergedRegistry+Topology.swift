import HashTreeCollections

/// What another topology means for what the sources have said.
extension MergedRegistry {
    /// Gives the sources another order, from the strongest to the weakest, and other policies; tells what that changes
    /// in what is visible. Costs nothing when the sources that have spoken keep their order and the policies stay.
    package mutating func reorder(_ order: [SourceID], policies: MergePolicies) -> MergeOutcome {
        let (former, spoken) = (precedence, Array(sources.keys))
        let isSame =
            policies == self.policies
            && { (old: Precedence, new: Precedence) in
                spoken.sorted { old.isStronger($0, than: $1) } == spoken.sorted { new.isStronger($0, than: $1) }
            }(former, former.reordered(order))
        precedence = former.reordered(order)
        self.policies = policies
        return isSame ? MergeOutcome() : changeAll { $0.decideAnew() }
    }

    /// Gives sources other names, which no other source has; what they said stays, and nothing of it is told anew.
    /// Costs what they hold.
    package mutating func rename(_ names: [SourceID: SourceID]) -> MergeOutcome {
        var outcome = MergeOutcome()
        for (from, to) in names.steps {
            precedence.rename(from, to)
            guard let table = sources.removeValue(forKey: from) else { continue }
            sources[to] = table
            outcome.isVisible = true
            outcome.names.formUnion([from, to].filter { names[$0] != nil || names.values.contains($0) })
            for key in Set(table.services.values.compactMap(\.key)) {
                tables.microservices.updateValue(forKey: key) { $0?.rename(from, to) }
            }
            for ref in table.services.keys {
                tables.claims[ref] = tables.claims[ref]?.map { claim in
                    claim.source == from ? RegistryTables.Claim(source: to, key: claim.key) : claim
                }
            }
            for consumer in table.consumers {
                tables.dependencies[consumer] = tables.dependencies[consumer]?.map { dependency in
                    dependency.source == from ? SourcedDependency(source: to, rule: dependency.rule) : dependency
                }
            }
        }
        return outcome
    }
}

extension MergedMicroservice {
    /// Gives a source another name.
    fileprivate mutating func rename(_ from: SourceID, _ to: SourceID) {
        for index in contributions.indices where contributions[index].source == from {
            let old = contributions[index]
            contributions[index] = MicroserviceContribution(
                source: to, microservice: old.microservice, attachments: old.attachments)
        }
        replaceEvery { $0.rename(from, to) }
    }
}

extension MergedInstance {
    fileprivate mutating func rename(_ from: SourceID, _ to: SourceID) {
        if source == from { source = to }
        for index in shadowed.indices where shadowed[index].source == from {
            shadowed[index] = InstanceContribution(source: to, instance: shadowed[index].instance)
        }
    }
}

extension [SourceID: SourceID] {
    /// These new names, by the former ones, as steps: each name is free when it is given, if those are that nobody has
    /// here. Where names go round in a circle, one source has a name in between that no topology can give.
    package var steps: [(from: SourceID, to: SourceID)] {
        var steps: [(from: SourceID, to: SourceID)] = []
        var left = self
        while let (from, to) = left.first(where: { left[$0.value] == nil }) ?? left.first {
            left[from] = nil
            if left[to] == nil {
                steps.append((from, to))
            } else {
                let between = SourceID("\(from)~")
                steps.append((from, between))
                left[between] = to
            }
        }
        return steps
    }
}

import HashTreeCollections

/// One registry out of several: what each source says, and what follows from it by precedence and policy.
///
/// A pure value. Its laws (proved in `MergeLawTests`): the visible registry depends on what the sources say last, not
/// on the order in which they said it; replaying the changes gives the visible instances; an unchanged delta changes
/// nothing.
package struct MergedRegistry: Sendable {
    /// What readers see.
    package internal(set) var tables = RegistryTables()
    package internal(set) var precedence: Precedence
    var sources: [SourceID: SourceTable] = [:]
    var policies: MergePolicies
    private let unite: Unite
    private let mark: Mark

    /// Writes on an instance since when its source was not confirmed: the result has the source's word as `original`.
    package typealias Mark = @Sendable (Instance, UnixTime) -> Instance

    /// Makes one out of several sources' words on an instance, of which the first one counts where they contradict: the
    /// result is that one, or has it as its `original`.
    package typealias Unite = @Sendable ([Instance]) -> Instance

    package init(
        precedence: Precedence, policies: MergePolicies = MergePolicies(), unite: @escaping Unite = { $0[0] },
        mark: @escaping Mark = { instance, _ in instance }
    ) {
        self.precedence = precedence
        self.policies = policies
        self.unite = unite
        self.mark = mark
    }

    /// How much a source holds; zeros for one that never spoke.
    package func counts(of source: SourceID) -> SourceCounts { sources[source]?.counts ?? SourceCounts() }

    /// Takes in what one source says now. Costs what changed, not what there is.
    package mutating func apply(_ delta: RegistryDelta, from source: SourceID) -> MergeOutcome {
        change(source) { $0.run(delta) }
    }

    private mutating func change(_ source: SourceID, _ body: (inout Merge) -> Void) -> MergeOutcome {
        let table = sources.removeValue(forKey: source) ?? SourceTable()
        let merge = merge(table, of: source, body)
        sources[source] = merge.table
        settle(merge.tally)
        return merge.outcome
    }

    /// Changes what is merged, and not what any source has said.
    mutating func changeAll(_ body: (inout Merge) -> Void) -> MergeOutcome {
        let merge = merge(SourceTable(), of: SourceID(""), body)
        settle(merge.tally)
        return merge.outcome
    }

    private mutating func merge(
        _ table: SourceTable, of source: SourceID, _ body: (inout Merge) -> Void
    ) -> Merge {
        let before = tables
        var merge = Merge(
            tables: tables, table: table, source: source, precedence: precedence, policies: policies, unite: unite,
            mark: mark)
        // What was before is kept whole; of what changes, each part is copied once on the way.
        tables = RegistryTables()
        body(&merge)
        tables = merge.tables
        merge.outcome.net(from: before, to: tables, isTangled: merge.isTangled)
        return merge
    }

    /// Says what a source's word is worth from now on; what that shows or hides is told like every other change.
    /// Costs the instances of the microservices that the source speaks of.
    package mutating func give(_ standing: Standing, to source: SourceID) -> MergeOutcome {
        guard precedence.give(standing, to: source), let services = sources[source]?.services.values else {
            return MergeOutcome()
        }
        let keys = Set(services.compactMap(\.key))
        return change(source) { merge in
            for key in keys { _ = merge.settle(key) { _ in } }
        }
    }

    /// What one source says of an instance; nil when it has none. O(log n).
    package func word(of source: SourceID, on ref: InstanceRef) -> Instance? {
        guard let service = sources[source]?.services[ref.service] else { return nil }
        guard let merged = service.key.flatMap({ tables.microservices[$0] }) else { return service.orphans[ref.id] }
        let found = merged.instance(ref.id) ?? merged.hidden.first { $0.visible.id == ref.id }
        return found?.contributions.first { $0.source == source && $0.instance.ref == ref }?.instance
    }

    /// What sources say of instances with this ID without having named their microservice, the strongest source first.
    /// Costs the microservices of each source that has any orphan.
    package func orphans(_ id: InstanceID) -> [InstanceContribution] {
        sources.filter { $0.value.counts.orphans > 0 }
            .flatMap { source, table in
                table.services.values.compactMap { $0.orphans[id] }
                    .map { InstanceContribution(source: source, instance: $0) }
            }
            .sorted { left, right in
                left.source == right.source
                    ? left.instance.ref.service.id < right.instance.ref.service.id
                    : precedence.isStronger(left.source, than: right.source)
            }
    }

    /// How many look-ups of one consumer are remembered: more than it can have providers, and a bound for one that
    /// invents version rules.
    package static let maxRelations = 1_024

    /// Remembers that a consumer looked a provider up; false when that was known already, or is one too many.
    package mutating func relate(_ consumer: MicroserviceKey, to rule: ProviderRule) -> Bool {
        let known = tables.relations(of: consumer)
        guard !known.contains(rule), known.count < MergedRegistry.maxRelations else { return false }
        tables.relations[consumer, default: []].append(rule)
        return true
    }

    /// Forgets what a consumer looked up; false when that was nothing.
    package mutating func unrelate(_ consumer: MicroserviceKey) -> Bool {
        tables.relations.removeValue(forKey: consumer) != nil
    }

    /// Forgets a source with everything that it said.
    package mutating func retire(_ source: SourceID) -> MergeOutcome {
        let outcome = apply(withdrawal(of: source), from: source)
        sources[source] = nil
        _ = precedence.give(.full, to: source)
        return outcome
    }

    /// Everything that a source says, as the delta that withdraws it; O(what the source holds).
    package func withdrawal(of source: SourceID) -> RegistryDelta {
        guard let table = sources[source] else { return RegistryDelta() }
        var delta = RegistryDelta()
        for (ref, service) in table.services {
            delta.removedInstances += service.orphans.keys.map { InstanceRef(service: ref, id: $0) }
            delta.removedAttachments += service.attachments.keys.map { (service: ref, key: $0) }
            guard let key = service.key, let merged = tables.microservices[key] else { continue }
            delta.removedMicroservices.append(ref)
            for instance in merged.everyInstance {
                delta.removedInstances += instance.contributions
                    .filter { $0.source == source && $0.instance.ref.service == ref }.map { $0.instance.ref }
            }
            for contribution in merged.contributions
            where contribution.source == source && contribution.microservice.ref == ref {
                delta.removedAttachments += contribution.attachments.keys.map { (service: ref, key: $0) }
            }
        }
        delta.removedDependencies = Array(table.consumers)
        return delta
    }

    /// Books what became visible or hidden to the sources that it belongs to.
    private mutating func settle(_ tally: [SourceID: Merge.Visibility]) {
        for (source, change) in tally {
            sources[source, default: SourceTable()].counts.visibleInstances += change.instances
            sources[source, default: SourceTable()].counts.visibleMicroservices += change.microservices
        }
    }
}

extension MergedInstance {
    /// Every source's word, the strongest first.
    package var contributions: [InstanceContribution] {
        [InstanceContribution(source: source, instance: visible.original ?? visible)] + shadowed
    }
}

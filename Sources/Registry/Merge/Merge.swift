import HashTreeCollections

/// One delta on its way into the registry: the part of `MergedRegistry` that knows how a change is made.
struct Merge {
    /// What moved into or out of sight, by the source that it belongs to.
    struct Visibility {
        var instances = 0
        var microservices = 0
    }

    var tables: RegistryTables
    var table: SourceTable
    let source: SourceID
    let precedence: Precedence
    let policies: MergePolicies
    let unite: MergedRegistry.Unite
    let mark: MergedRegistry.Mark
    var outcome = MergeOutcome()
    var tally: [SourceID: Visibility] = [:]
    /// Whether a microservice took instances along that had waited for it, or were another one's.
    var isTangled = false
    /// Microservices that no source had at some moment of the change.
    var ended: Set<MicroserviceKey> = []

    init(
        tables: RegistryTables, table: SourceTable, source: SourceID, precedence: Precedence,
        policies: MergePolicies, unite: @escaping MergedRegistry.Unite, mark: @escaping MergedRegistry.Mark
    ) {
        self.tables = tables
        self.table = table
        self.source = source
        self.precedence = precedence
        self.policies = policies
        self.unite = unite
        self.mark = mark
    }

    func rule(of key: MicroserviceKey) -> WordRule {
        WordRule(precedence: precedence, choice: policies.choice(for: key), unite: unite, mark: mark)
    }

    mutating func run(_ delta: RegistryDelta) {
        for microservice in delta.microservices { put(microservice) }
        for attachment in delta.attachments { put(attachment) }
        for instance in delta.instances { put(instance) }
        for rule in delta.dependencies { put(rule) }
        for ref in delta.removedInstances { removeInstance(ref) }
        for (service, key) in delta.removedAttachments { removeAttachment(key, of: service) }
        for ref in delta.removedMicroservices { removeMicroservice(ref) }
        for consumer in delta.removedDependencies { removeDependency(consumer) }
        forgetRelations()
    }

    /// A consumer that no source knows any more watches nothing; when it comes back, it asks again. One that has only
    /// got another ID was never away.
    private mutating func forgetRelations() {
        for key in ended where tables.microservices[key] == nil {
            if tables.relations.removeValue(forKey: key) != nil { outcome.consumers.insert(key) }
        }
    }

    mutating func note(
        _ action: VisibleChange.Action, _ instance: Instance, from source: SourceID, in merged: MergedMicroservice,
        before former: SourceID? = nil
    ) {
        outcome.isVisible = true
        outcome.instances.append(
            VisibleChange(
                action: action, microservice: merged.key, canonicalID: merged.canonicalID, instance: instance,
                source: source, formerSource: former == source ? nil : former))
    }

    mutating func note(_ action: VisibleChange.Action, microserviceOf source: SourceID) {
        outcome.isVisible = true
        outcome.microservices[action, default: 0] += 1
        switch action {
        case .create: tally[source, default: Visibility()].microservices += 1
        case .delete: tally[source, default: Visibility()].microservices -= 1
        case .update: break
        }
    }

    /// Changes one merged microservice in place.
    mutating func update<Result>(
        _ key: MicroserviceKey, _ body: (inout MergedMicroservice) -> Result
    ) -> Result? {
        tables.microservices.updateValue(forKey: key) { merged in
            guard merged != nil else { return nil }
            return body(&merged!)
        }
    }

    mutating func put(_ rule: DependencyRule) {
        var rules = tables.dependencies[rule.consumer] ?? []
        let entry = SourcedDependency(source: source, rule: rule)
        if let index = rules.firstIndex(where: { $0.source == source }) {
            rules[index] = entry
        } else {
            let position = rules.firstIndex { precedence.isStronger(source, than: $0.source) }
            rules.insert(entry, at: position ?? rules.endIndex)
        }
        tables.dependencies[rule.consumer] = rules
        table.consumers.insert(rule.consumer)
        outcome.consumers.insert(rule.consumer)
        outcome.isVisible = true
    }

    mutating func removeDependency(_ consumer: MicroserviceKey) {
        guard table.consumers.remove(consumer) != nil, var rules = tables.dependencies[consumer] else { return }
        rules.removeAll { $0.source == source }
        tables.dependencies[consumer] = rules.isEmpty ? nil : rules
        outcome.consumers.insert(consumer)
        outcome.isVisible = true
    }
}

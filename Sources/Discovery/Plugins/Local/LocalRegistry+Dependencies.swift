import HashTreeCollections
import Registry
import ServiceCenterWire

/// Who depends on whom, as it was declared.
/// Rules: service-center's `dependency.go`, `dependency_util.go` and `DeleteServicePri`.
extension LocalRegistry {
    /// Takes declarations of dependencies; `isWhole` says that a consumer depends on nothing else.
    mutating func declare(_ declared: [DependencyRecord], isWhole: Bool) throws(ServiceCenterError) -> Outcome {
        try DependencyRecord.validate(declared, isWhole: isWhole)
        for record in declared where id(of: record.consumer) == nil {
            throw ServiceCenterError(.microserviceUnknown, "Consumer \(record.consumer) does not exist.")
        }
        var outcome = Outcome()
        for var record in declared {
            // By its own name, whatever alias it was declared under.
            if let alias = aliases[record.consumer], ids[record.consumer] == nil {
                let ref = ServiceRef(tenant: record.consumer.tenant, id: alias)
                record.consumer = holdings[ref]?.microservice.key ?? record.consumer
            }
            let known = dependencies[record.consumer] ?? []
            if !isWhole { record.providers = Self.merge(record.providers, into: known) }
            guard !record.providers.isEmpty else {
                dependencies[record.consumer] = nil
                if !known.isEmpty { outcome.delta.removedDependencies.append(record.consumer) }
                continue
            }
            dependencies[record.consumer] = record.providers
            outcome.delta.dependencies.append(
                DependencyRule(
                    consumer: record.consumer, providers: record.providers, body: record.body,
                    upstreamRevision: nextRevision()))
        }
        return outcome
    }

    /// Another version of a provider takes the place of the one that was known. Everything takes the place of all, and
    /// nothing is beside it.
    private static func merge(_ new: [ProviderRule], into known: [ProviderRule]) -> [ProviderRule] {
        guard !known.contains(where: \.isEverything) else { return known }
        if let everything = new.first(where: \.isEverything) { return [everything] }
        let added = new.filter { !known.contains($0) }
        let names = Set(added.map(\.name))
        return added + known.filter { !names.contains($0.name) }
    }

    /// Whether anybody but the microservice itself declared that it depends on it. Linear in all declarations.
    func isProvider(_ key: MicroserviceKey) -> Bool {
        dependencies.contains { consumer, rules in
            consumer != key && consumer.tenant == key.tenant && ids[consumer] != nil
                && rules.contains { means($0, key) }
        }
    }

    private func means(_ rule: ProviderRule, _ key: MicroserviceKey) -> Bool {
        guard rule.name.tenant == key.tenant, rule.name.environment == key.name.environment else { return false }
        guard !rule.isEverything else { return true }
        guard rule.name == key.name, let version = VersionRule(rule.version) else { return false }
        guard version == .latest else { return !version.select(from: [VersionedKey(key)]).isEmpty }
        let number = VersionedKey(key).number
        return !ids.keys.contains { $0.name == key.name && VersionedKey($0).number > number }
    }

    /// The ID of a microservice by its key, or by its alias in the place of the name.
    func id(of key: MicroserviceKey) -> ServiceID? { ids[key] ?? aliases[key] }
}

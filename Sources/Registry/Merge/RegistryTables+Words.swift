import HashTreeCollections

extension RegistryTables {
    /// All that one source says, whether it is served or not; linear in all that there is. What waits for a
    /// microservice that the source has not said is not in it.
    package func words(of source: SourceID) -> RegistryDelta {
        var words = RegistryDelta()
        for merged in microservices.values {
            for contribution in merged.contributions where contribution.source == source {
                words.microservices.append(contribution.microservice)
                words.attachments += contribution.attachments.values
            }
            for instance in merged.everyInstance {
                words.instances += instance.contributions.filter { $0.source == source }.map(\.instance)
            }
        }
        for rules in dependencies.values {
            words.dependencies += rules.filter { $0.source == source }.map(\.rule)
        }
        return words
    }

    /// What one source says that a consumer depends on; `consumer` may have its alias in the place of its name.
    package func providers(of consumer: MicroserviceKey, in source: SourceID) -> [ProviderRule] {
        let aliased = aliases[consumer.name]?.first { $0.key.version == consumer.version }?.key
        let key = microservices[consumer] == nil ? aliased ?? consumer : consumer
        return dependencies[key]?.first { $0.source == source }?.rule.providers ?? []
    }
}

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
}

/// What one source contributes to one merged microservice.
package struct MicroserviceContribution: Sendable {
    package let source: SourceID
    package var microservice: Microservice
    package var attachments: [Attachment.Key: Attachment]
}

/// One instance as it is served, with what the other sources say of it.
package struct MergedInstance: Sendable {
    /// The strongest source that has it, and its word.
    package var source: SourceID
    package var visible: Instance
    /// What weaker sources say of the same instance, strongest first; empty for nearly all.
    package var shadowed: [InstanceContribution]
}

/// What one source says of an instance that a stronger source has too.
package struct InstanceContribution: Sendable {
    package let source: SourceID
    package var instance: Instance
}

/// A microservice as it is served: one key, whatever the sources call it.
package struct MergedMicroservice: Sendable {
    package let key: MicroserviceKey
    /// Strongest first; never empty.
    package internal(set) var contributions: [MicroserviceContribution]
    /// Sorted by instance ID.
    package internal(set) var instances: [MergedInstance] = []
    /// Instances that are not seen because of their sources' standing, in no order; empty for nearly all.
    package internal(set) var hidden: [MergedInstance] = []
    /// How many of the visible instances each source's word is; sources without any are left out.
    package private(set) var visibleCounts: [(source: SourceID, count: Int)] = []
    /// The sum of the visible instances' digests: equal content, equal digest, in any order of arrival.
    package private(set) var instancesDigest = Digest.zero

    init(_ contribution: MicroserviceContribution) {
        key = contribution.microservice.key
        contributions = [contribution]
    }

    /// A microservice that one source alone speaks of, with its instances.
    package init(of source: SourceID, _ microservice: Microservice, _ instances: [Instance]) {
        self.init(MicroserviceContribution(source: source, microservice: microservice, attachments: [:]))
        for instance in instances {
            insert(
                MergedInstance(source: source, visible: instance, shadowed: []), at: position(of: instance.id))
        }
    }

    /// The strongest source's word: its ID is the one that is served.
    package var canonical: Microservice { contributions[0].microservice }
    package var canonicalID: ServiceID { contributions[0].microservice.id }
    package var source: SourceID { contributions[0].source }

    /// The strongest source's attachment of each key.
    package var attachments: [Attachment.Key: (source: SourceID, attachment: Attachment)] {
        var merged: [Attachment.Key: (source: SourceID, attachment: Attachment)] = [:]
        for contribution in contributions {
            for (key, attachment) in contribution.attachments where merged[key] == nil {
                merged[key] = (contribution.source, attachment)
            }
        }
        return merged
    }

    /// The microservice's tags; empty when it has none.
    package var tags: [String: String] {
        for contribution in contributions {
            if case .tags(let tags)? = contribution.attachments[.tags]?.content { return tags }
        }
        return [:]
    }

    /// The access rules, in the order of their IDs. O(1) for the many microservices without attachments.
    package var rules: [AccessRule] {
        guard contributions.contains(where: { !$0.attachments.isEmpty }) else { return [] }
        return attachments.sorted { $0.key < $1.key }.compactMap {
            if case .rule(let rule) = $0.value.attachment.content { rule } else { nil }
        }
    }

    /// The instance with this ID; O(log n).
    package func instance(_ id: InstanceID) -> MergedInstance? {
        let index = position(of: id)
        return index < instances.count && instances[index].visible.id == id ? instances[index] : nil
    }

    /// Where an instance with this ID stands, or would stand.
    func position(of id: InstanceID) -> Int {
        var low = 0
        var high = instances.count
        while low < high {
            let middle = (low + high) / 2
            if instances[middle].visible.id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func insert(_ instance: MergedInstance, at index: Int) {
        instances.insert(instance, at: index)
        instancesDigest = instancesDigest + instance.visible.digest
        count(instance.source, 1)
    }

    mutating func replace(at index: Int, _ instance: MergedInstance) {
        let old = instances[index]
        instancesDigest = instancesDigest - old.visible.digest + instance.visible.digest
        instances[index] = instance
        guard old.source != instance.source else { return }
        count(old.source, -1)
        count(instance.source, 1)
    }

    mutating func remove(at index: Int) {
        instancesDigest = instancesDigest - instances[index].visible.digest
        count(instances[index].source, -1)
        instances.remove(at: index)
    }

    /// Changes whose word on each instance it is, but not what is seen of it.
    mutating func replaceEvery(_ change: (inout MergedInstance) -> Void) {
        visibleCounts = []
        for index in instances.indices {
            change(&instances[index])
            count(instances[index].source, 1)
        }
        for index in hidden.indices { change(&hidden[index]) }
    }

    /// As if there never had been any.
    mutating func forgetInstances() {
        (instances, hidden, visibleCounts, instancesDigest) = ([], [], [], .zero)
    }

    private mutating func count(_ source: SourceID, _ change: Int) {
        guard let index = visibleCounts.firstIndex(where: { $0.source == source }) else {
            return visibleCounts.append((source, change))
        }
        visibleCounts[index].count += change
        if visibleCounts[index].count == 0 { visibleCounts.remove(at: index) }
    }
}

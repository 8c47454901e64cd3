import Registry

/// What one source said last, kept in the most naive way: a part of the oracle.
struct SpokenWords {
    var microservices: [ServiceRef: Microservice] = [:]
    var instances: [InstanceRef: Instance] = [:]
    var attachments: [ServiceRef: [Attachment.Key: Attachment]] = [:]
    var dependencies: [MicroserviceKey: DependencyRule] = [:]

    /// Says first, withdraws last, as a delta promises. Withdrawing a microservice withdraws nothing but itself.
    mutating func take(_ delta: RegistryDelta) {
        for microservice in delta.microservices { microservices[microservice.ref] = microservice }
        for new in delta.attachments { attachments[new.service, default: [:]][new.key] = new }
        for instance in delta.instances { instances[instance.ref] = instance }
        for rule in delta.dependencies { dependencies[rule.consumer] = rule }
        for ref in delta.removedInstances { instances[ref] = nil }
        for (service, key) in delta.removedAttachments { attachments[service]?[key] = nil }
        for ref in delta.removedMicroservices { microservices[ref] = nil }
        for consumer in delta.removedDependencies { dependencies[consumer] = nil }
    }

    /// Every microservice that it speaks of, whether it said that one or only something that belongs to it.
    var refs: Set<ServiceRef> {
        Set(microservices.keys).union(instances.keys.map(\.service)).union(attachments.keys)
    }

    /// All of it as a delta, every entry made anew.
    var restated: RegistryDelta {
        var delta = RegistryDelta()
        delta.microservices = microservices.values.map {
            Microservice(
                ref: $0.ref, key: $0.key, alias: $0.alias, allowsCrossApplication: $0.allowsCrossApplication,
                body: $0.body, upstreamRevision: $0.upstreamRevision, origin: $0.origin)
        }
        delta.instances = instances.values.map {
            Instance(
                ref: $0.ref, status: $0.status, body: $0.body,
                serviceIDRange: Int($0.serviceIDRange.lowerBound)..<Int($0.serviceIDRange.upperBound),
                upstreamRevision: $0.upstreamRevision, origin: $0.origin, modified: $0.modified)
        }
        delta.attachments = attachments.values.flatMap(\.values)
        delta.dependencies = Array(dependencies.values)
        return delta
    }
}

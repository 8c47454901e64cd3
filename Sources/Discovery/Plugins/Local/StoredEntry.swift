import Registry
import ServiceCenterWire

/// One thing that a local registry keeps on disk: service-center's own key and JSON value.
struct StoredEntry: Sendable, Equatable {
    /// Which table of a dump it would stand in; schemas' texts stand in none.
    enum Kind: String, Sendable {
        case services, instances, serviceTags, serviceRules, dependencyRules, schemas
    }

    var kind: Kind
    var key: String
    var revision: Int64
    /// Nil when it is gone.
    var value: [UInt8]?
}

extension LocalRegistry.Outcome {
    /// What has to be kept, in the order in which it was said.
    var entries: [StoredEntry] {
        var entries: [StoredEntry] = []
        for microservice in delta.microservices {
            entries.append(.services(microservice.ref, microservice.upstreamRevision, microservice.body))
        }
        for instance in delta.instances {
            entries.append(.instances(instance.ref, instance.upstreamRevision, instance.body))
        }
        for attachment in delta.attachments {
            let (ref, key) = (attachment.service, attachment.key)
            entries.append(contentsOf: StoredEntry.attachment(ref, key, attachment.upstreamRevision, attachment.body))
        }
        for rule in delta.dependencies {
            entries.append(.dependency(rule.consumer, rule.upstreamRevision, rule.body))
        }
        for (ref, id, schema) in schemas {
            let key = DumpKey.schema(ref, id)
            entries.append(StoredEntry(kind: .schemas, key: key, revision: 0, value: schema?.body))
        }
        for ref in delta.removedInstances { entries.append(.instances(ref, 0, nil)) }
        for (ref, key) in delta.removedAttachments {
            entries.append(contentsOf: StoredEntry.attachment(ref, key, 0, nil))
        }
        for ref in delta.removedMicroservices { entries.append(.services(ref, 0, nil)) }
        for consumer in delta.removedDependencies { entries.append(.dependency(consumer, 0, nil)) }
        return entries
    }
}

extension StoredEntry {
    fileprivate static func services(_ ref: ServiceRef, _ revision: Int64, _ value: [UInt8]?) -> StoredEntry {
        StoredEntry(kind: .services, key: DumpKey.service(ref), revision: revision, value: value)
    }

    fileprivate static func instances(_ ref: InstanceRef, _ revision: Int64, _ value: [UInt8]?) -> StoredEntry {
        StoredEntry(kind: .instances, key: DumpKey.instance(ref), revision: revision, value: value)
    }

    fileprivate static func dependency(
        _ consumer: MicroserviceKey, _ revision: Int64, _ value: [UInt8]?
    ) -> StoredEntry {
        StoredEntry(
            kind: .dependencyRules, key: DumpKey.dependency(ofConsumer: consumer), revision: revision, value: value)
    }

    /// Tags and rules; a schema's summary is kept with its text.
    fileprivate static func attachment(
        _ ref: ServiceRef, _ key: Attachment.Key, _ revision: Int64, _ value: [UInt8]?
    ) -> [StoredEntry] {
        switch key {
        case .tags: [StoredEntry(kind: .serviceTags, key: DumpKey.tags(ref), revision: revision, value: value)]
        case .rule(let id):
            [StoredEntry(kind: .serviceRules, key: DumpKey.rule(ref, id), revision: revision, value: value)]
        case .schemaSummary: []
        }
    }
}

import Registry
import ServiceCenterWire

/// One thing that is kept on disk: service-center's own key and JSON value.
struct StoredEntry: Sendable, Equatable {
    /// Which table of a dump it would stand in; schemas' texts stand in none.
    enum Kind: String, Sendable {
        case services, instances, serviceTags, serviceRules, dependencyRules, summaries, schemas
    }

    var kind: Kind
    var key: String
    var revision: Int64
    /// `cluster` of the entry; empty where none was said.
    var origin = ""
    /// Nil when it is gone.
    var value: [UInt8]?
}

extension RegistryDelta {
    /// What has to be kept, in the order in which it was said.
    var entries: [StoredEntry] {
        var entries: [StoredEntry] = []
        entries.reserveCapacity(changeCount)
        for said in microservices {
            entries.append(.services(said.ref, said.upstreamRevision, said.origin, said.body))
        }
        for said in instances {
            entries.append(.instances(said.ref, said.upstreamRevision, said.origin, said.body))
        }
        for said in attachments {
            entries.append(.attachment(said.service, said.key, said.upstreamRevision, said.body))
        }
        for said in dependencies { entries.append(.dependency(said.consumer, said.upstreamRevision, said.body)) }
        for ref in removedInstances { entries.append(.instances(ref, 0, "", nil)) }
        for (ref, key) in removedAttachments { entries.append(.attachment(ref, key, 0, nil)) }
        for ref in removedMicroservices { entries.append(.services(ref, 0, "", nil)) }
        for consumer in removedDependencies { entries.append(.dependency(consumer, 0, nil)) }
        return entries
    }
}

extension LocalRegistry.Outcome {
    /// What has to be kept: a schema's summary is kept with its text.
    var entries: [StoredEntry] {
        let texts = schemas.map { ref, id, schema in
            StoredEntry(kind: .schemas, key: DumpKey.schema(ref, id), revision: 0, value: schema?.body)
        }
        return delta.entries.filter { $0.kind != .summaries } + texts
    }
}

extension StoredEntry {
    /// What several changes come to: the last word of each key.
    static func last(of deltas: [RegistryDelta]) -> some Sequence<StoredEntry> {
        var last: [String: StoredEntry] = [:]
        for delta in deltas {
            for entry in delta.entries { last[entry.key] = entry }
        }
        return last.values
    }

    fileprivate static func services(
        _ ref: ServiceRef, _ revision: Int64, _ origin: String, _ value: [UInt8]?
    ) -> StoredEntry {
        StoredEntry(kind: .services, key: DumpKey.service(ref), revision: revision, origin: origin, value: value)
    }

    fileprivate static func instances(
        _ ref: InstanceRef, _ revision: Int64, _ origin: String, _ value: [UInt8]?
    ) -> StoredEntry {
        StoredEntry(kind: .instances, key: DumpKey.instance(ref), revision: revision, origin: origin, value: value)
    }

    fileprivate static func dependency(
        _ consumer: MicroserviceKey, _ revision: Int64, _ value: [UInt8]?
    ) -> StoredEntry {
        StoredEntry(
            kind: .dependencyRules, key: DumpKey.dependency(ofConsumer: consumer), revision: revision, value: value)
    }

    fileprivate static func attachment(
        _ ref: ServiceRef, _ key: Attachment.Key, _ revision: Int64, _ value: [UInt8]?
    ) -> StoredEntry {
        switch key {
        case .tags: StoredEntry(kind: .serviceTags, key: DumpKey.tags(ref), revision: revision, value: value)
        case .rule(let id):
            StoredEntry(kind: .serviceRules, key: DumpKey.rule(ref, id), revision: revision, value: value)
        case .schemaSummary(let id):
            StoredEntry(kind: .summaries, key: DumpKey.summary(ref, id), revision: revision, value: value)
        }
    }
}

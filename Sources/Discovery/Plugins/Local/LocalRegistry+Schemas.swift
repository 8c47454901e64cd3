import HashTreeCollections
import Registry
import ServiceCenterWire

/// The schemas of microservices. Where a microservice stands in no environment or in production, what is there stays as
/// it is: only schemas that it names already, or the first ones, may be added.
/// Rules: service-center's `schema.go`.
extension LocalRegistry {
    /// Keeps one schema; the microservice names it from then on.
    mutating func put(
        _ schema: SchemaRecord, of ref: ServiceRef
    ) throws(ServiceCenterError) -> Outcome {
        try schema.validate()
        let kept = holdings[ref]?.schemas ?? [:]
        // Whether it is there already is not asked.
        try ServiceCenterQuota.check(.schema, of: ServiceCenterQuota.schemas, used: kept.count, adding: 1)
        guard let record = try holdings[ref]?.record else {
            throw ServiceCenterError(.microserviceUnknown, "Service does not exist")
        }
        let isNamed = record.schemas.contains(schema.id)
        if !record.isSchemaEditable {
            guard record.schemas.isEmpty || isNamed else {
                throw ServiceCenterError(
                    .schemaUndefined, "Non-existent schemaID can't be added in production")
            }
            if let known = kept[schema.id], schema.summary.isEmpty || !known.summary.isEmpty {
                throw ServiceCenterError(.schemaFixed, "schema already exist, can not be changed in production")
            }
        }
        var new = schema
        if new.summary.isEmpty { new.summary = kept[schema.id]?.summary ?? "" }
        return keep([new], named: isNamed ? record.schemas : record.schemas + [schema.id], by: record, of: ref)
    }

    /// Makes a set of schemas the microservice's own.
    mutating func put(
        all asked: [SchemaRecord], of ref: ServiceRef
    ) throws(ServiceCenterError) -> Outcome {
        try SchemaRecord.validate(asked)
        guard let holding = holdings[ref] else { throw .unknownService }
        let record = try holding.record
        var ids: Set<String> = []
        let new = asked.filter { ids.insert($0.id).inserted }
        let kept = holding.schemas
        let added = new.filter { kept[$0.id] == nil }
        if record.isSchemaEditable {
            let removed = kept.keys.filter { !ids.contains($0) }
            if added.count > removed.count {
                try checkQuota(of: ref, adding: added.count - removed.count)
            }
            let names = added.map(\.id) + new.map(\.id).filter { kept[$0] != nil }
            return keep(new, named: names, removing: removed, by: record, of: ref)
        }
        let unnamed = new.map(\.id).filter { !record.schemas.contains($0) }
        guard !record.schemas.isEmpty else {
            try checkQuota(of: ref, adding: unnamed.count)
            return keep(added, named: unnamed, by: record, of: ref)
        }
        guard unnamed.isEmpty else {
            throw ServiceCenterError(
                .schemaUndefined, "Non-existent schemaIDs [\(unnamed.joined(separator: " "))]")
        }
        // What has a summary is passed over, without a word.
        let missing = new.filter { kept[$0.id]?.summary.isEmpty ?? true }
        return keep(missing, named: record.schemas, by: record, of: ref)
    }

    mutating func deleteSchema(_ id: String, of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        guard holdings[ref] != nil else { throw .unknownService }
        guard holdings[ref]?.schemas.removeValue(forKey: id) != nil else {
            throw ServiceCenterError(.schemaUnknown, "Schema info does not exist.")
        }
        var outcome = Outcome()
        outcome.delta.removedAttachments = [(ref, .schemaSummary(id))]
        outcome.schemas = [(ref, id, nil)]
        return outcome
    }

    private func checkQuota(of ref: ServiceRef, adding count: Int) throws(ServiceCenterError) {
        try ServiceCenterQuota.check(
            .schema, of: ServiceCenterQuota.schemas, used: holdings[ref]?.schemas.count ?? 0, adding: count)
    }

    private mutating func keep(
        _ new: [SchemaRecord], named names: [String], removing removed: [String] = [],
        by owner: MicroserviceRecord, of ref: ServiceRef
    ) -> Outcome {
        var outcome = Outcome()
        for id in removed {
            holdings[ref]?.schemas[id] = nil
            outcome.delta.removedAttachments.append((ref, .schemaSummary(id)))
            outcome.schemas.append((ref, id, nil))
        }
        for schema in new {
            holdings[ref]?.schemas[schema.id] = schema
            outcome.schemas.append((ref, schema.id, schema))
        }
        outcome.delta.attachments = new.filter { !$0.summary.isEmpty }.map { summary(of: $0, of: ref) }
        if owner.schemas != names {
            var record = owner
            record.schemas = names
            outcome.delta.microservices = [keep(record, at: ref)]
        }
        return outcome
    }

    mutating func summary(of schema: SchemaRecord, of ref: ServiceRef) -> Attachment {
        var writer = JSONWriter(reserving: 80)
        writer.string(schema.summary)
        return Attachment(
            service: ref, key: .schemaSummary(schema.id), content: .schemaSummary, body: writer.bytes,
            upstreamRevision: nextRevision())
    }
}

extension MicroserviceRecord {
    /// Whether its schemas may be changed and taken away.
    fileprivate var isSchemaEditable: Bool { !environment.isEmpty && environment != "production" }
}

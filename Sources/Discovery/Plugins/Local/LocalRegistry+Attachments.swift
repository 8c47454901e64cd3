import HashTreeCollections
import Registry
import ServiceCenterWire

/// What a registry keeps beside its microservices: schemas, tags, and who depends on whom.
/// Rules: service-center's `schema.go`, `tag.go` and `dependency.go`.
extension LocalRegistry {
    /// Keeps one schema; the microservice names it from then on.
    mutating func put(
        _ schemas: [SchemaRecord], of ref: ServiceRef, replacing isWhole: Bool, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        for schema in schemas { try schema.validate(isWhole ? "Schema" : "ModifySchemaRequest") }
        guard let holding = holdings[ref] else { throw .unknownService }
        var outcome = Outcome()
        var kept = isWhole ? [:] : holding.schemas
        for schema in schemas {
            kept[schema.id] = schema
            outcome.schemas.append((ref, schema.id, schema))
        }
        for id in holding.schemas.keys where kept[id] == nil {
            outcome.delta.removedAttachments.append((ref, .schemaSummary(id)))
            outcome.schemas.append((ref, id, nil))
        }
        holdings[ref]?.schemas = kept
        outcome.delta.attachments = schemas.filter { !$0.summary.isEmpty }.map { summary(of: $0, of: ref) }
        var record = try holding.record
        let names =
            isWhole ? schemas.map(\.id) : record.schemas + schemas.map(\.id).filter { !record.schemas.contains($0) }
        if names != record.schemas {
            record.schemas = names
            record.modTimestamp = moment.stamp
            outcome.delta.microservices = [keep(record, at: ref)]
        }
        return outcome
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

    mutating func add(tags new: [String: String], to ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        for (key, value) in new.sorted(by: { $0.key < $1.key }) {
            try FieldRule.tag.check(key, "AddServiceTagsRequest.Tags")
            try FieldRule.tag.check(value, "AddServiceTagsRequest.Tags")
        }
        guard let holding = holdings[ref] else { throw .unknownService }
        return keep(holding.tags.merging(new) { $1 }, of: ref)
    }

    mutating func updateTag(_ key: String, to value: String, of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        try FieldRule.tag.check(key, "UpdateServiceTagRequest.Key")
        try FieldRule.tag.check(value, "UpdateServiceTagRequest.Value")
        guard let holding = holdings[ref] else { throw .unknownService }
        guard holding.tags[key] != nil else {
            throw ServiceCenterError(.tagUnknown, "Tag does not exist, please add one first.")
        }
        return keep(holding.tags.merging([key: value]) { $1 }, of: ref)
    }

    mutating func delete(tags keys: [String], of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        guard var left = holdings[ref]?.tags else { throw .unknownService }
        for key in keys where left.removeValue(forKey: key) == nil {
            throw ServiceCenterError(.tagUnknown, "Delete tags failed for this key \(key) does not exist.")
        }
        return keep(left, of: ref)
    }

    /// Takes declarations of dependencies; `isWhole` says that a consumer depends on nothing else.
    mutating func declare(_ declared: [DependencyRecord], isWhole: Bool) throws(ServiceCenterError) -> Outcome {
        for record in declared { try record.validate() }
        var outcome = Outcome()
        for var record in declared {
            if !isWhole {
                let known = dependencies[record.consumer] ?? []
                record.providers = known + record.providers.filter { !known.contains($0) }
            }
            dependencies[record.consumer] = record.providers
            outcome.delta.dependencies.append(
                DependencyRule(
                    consumer: record.consumer, providers: record.providers, body: record.body,
                    upstreamRevision: nextRevision()))
        }
        return outcome
    }

    private mutating func keep(_ tags: [String: String], of ref: ServiceRef) -> Outcome {
        var outcome = Outcome()
        holdings[ref]?.tags = tags
        guard !tags.isEmpty else {
            outcome.delta.removedAttachments = [(ref, .tags)]
            return outcome
        }
        var writer = JSONWriter(reserving: 128)
        writer.map(tags)
        outcome.delta.attachments = [
            Attachment(
                service: ref, key: .tags, content: .tags(tags), body: writer.bytes, upstreamRevision: nextRevision())
        ]
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

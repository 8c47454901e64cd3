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
        guard var record = records[ref] else { throw .unknownService }
        var outcome = Outcome()
        var kept = isWhole ? [:] : self.schemas[ref] ?? [:]
        for schema in schemas { kept[schema.id] = schema }
        for id in (self.schemas[ref] ?? [:]).keys where kept[id] == nil {
            outcome.delta.removedAttachments.append((ref, .schemaSummary(id)))
        }
        self.schemas[ref] = kept
        outcome.delta.attachments = schemas.filter { !$0.summary.isEmpty }.map { summary(of: $0, of: ref) }
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
        guard records[ref] != nil else { throw .unknownService }
        guard schemas[ref]?.removeValue(forKey: id) != nil else {
            throw ServiceCenterError(.schemaUnknown, "Schema info does not exist.")
        }
        var outcome = Outcome()
        outcome.delta.removedAttachments = [(ref, .schemaSummary(id))]
        return outcome
    }

    mutating func add(tags new: [String: String], to ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        for (key, value) in new.sorted(by: { $0.key < $1.key }) {
            try FieldRule.tag.check(key, "AddServiceTagsRequest.Tags")
            try FieldRule.tag.check(value, "AddServiceTagsRequest.Tags")
        }
        guard records[ref] != nil else { throw .unknownService }
        return keep((tags[ref] ?? [:]).merging(new) { $1 }, of: ref)
    }

    mutating func updateTag(_ key: String, to value: String, of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        try FieldRule.tag.check(key, "UpdateServiceTagRequest.Key")
        try FieldRule.tag.check(value, "UpdateServiceTagRequest.Value")
        guard records[ref] != nil else { throw .unknownService }
        guard tags[ref]?[key] != nil else {
            throw ServiceCenterError(.tagUnknown, "Tag does not exist, please add one first.")
        }
        return keep((tags[ref] ?? [:]).merging([key: value]) { $1 }, of: ref)
    }

    mutating func delete(tags keys: [String], of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        guard records[ref] != nil else { throw .unknownService }
        var left = tags[ref] ?? [:]
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

    /// Withdraws everything that is kept beside a microservice.
    mutating func dropAttachments(of ref: ServiceRef, _ key: MicroserviceKey, from delta: inout RegistryDelta) {
        if tags.removeValue(forKey: ref) != nil { delta.removedAttachments.append((ref, .tags)) }
        for id in (schemas.removeValue(forKey: ref) ?? [:]).keys {
            delta.removedAttachments.append((ref, .schemaSummary(id)))
        }
        if dependencies.removeValue(forKey: key) != nil { delta.removedDependencies.append(key) }
    }

    private mutating func keep(_ tags: [String: String], of ref: ServiceRef) -> Outcome {
        var outcome = Outcome()
        guard !tags.isEmpty else {
            self.tags[ref] = nil
            outcome.delta.removedAttachments = [(ref, .tags)]
            return outcome
        }
        self.tags[ref] = tags
        var writer = JSONWriter(reserving: 128)
        writer.map(tags)
        outcome.delta.attachments = [
            Attachment(
                service: ref, key: .tags, content: .tags(tags), body: writer.bytes, upstreamRevision: nextRevision())
        ]
        return outcome
    }

    private mutating func summary(of schema: SchemaRecord, of ref: ServiceRef) -> Attachment {
        var writer = JSONWriter(reserving: 80)
        writer.string(schema.summary)
        return Attachment(
            service: ref, key: .schemaSummary(schema.id), content: .schemaSummary, body: writer.bytes,
            upstreamRevision: nextRevision())
    }
}

import HashTreeCollections
import Registry
import ServiceCenterWire

/// The tags of microservices.
/// Rules: service-center's `tag.go`.
extension LocalRegistry {
    /// Gives a microservice these tags and no others.
    mutating func replace(tags new: [String: String], of ref: ServiceRef) throws(ServiceCenterError) -> Outcome {
        try FieldRule.tags.check(all: new, "AddServiceTagsRequest.Tags")
        guard holdings[ref] != nil else { throw .unknownService }
        return keep(new, of: ref)
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
        try FieldRule.tagKeys.check(all: keys, "DeleteServiceTagsRequest.Keys")
        guard var left = holdings[ref]?.tags else { throw .unknownService }
        for key in keys where left.removeValue(forKey: key) == nil {
            throw ServiceCenterError(.tagUnknown, "Delete tags failed for this key \(key) does not exist.")
        }
        return keep(left, of: ref)
    }

    private mutating func keep(_ tags: [String: String], of ref: ServiceRef) -> Outcome {
        var outcome = Outcome()
        holdings[ref]?.tags = tags
        guard !tags.isEmpty else {
            outcome.delta.removedAttachments = [(ref, .tags)]
            return outcome
        }
        outcome.delta.attachments = [attachment(of: tags, of: ref)]
        return outcome
    }

    mutating func attachment(of tags: [String: String], of ref: ServiceRef) -> Attachment {
        var writer = JSONWriter(reserving: 128)
        writer.map(tags)
        return Attachment(
            service: ref, key: .tags, content: .tags(tags), body: writer.bytes, upstreamRevision: nextRevision())
    }
}

package import Registry

/// What one frame of an upstream's watch tells of an instance.
package enum UpstreamEvent: Sendable {
    /// It is there, with the value that a dump has for it. Of an upstream that is a Mainstem, with the path, and with
    /// the name of that one's source as `origin`, which is nil when the frame does not say. `of` is the microservice
    /// that the upstream took the ID for; nil when the frame does not say.
    case says(InstanceRef, of: MicroserviceKey?, [UInt8], path: String, origin: String?)
    case ends(InstanceRef, of: MicroserviceKey?)
    /// Nothing happened: the watch of everything says how far it is.
    case nothing
    /// Something that only a read can tell: the action is `EXPIRE`, `COMPACTED`, or none that we know.
    case unclear

    /// Reads `{"action":…,"key":{…},"instance":{…}}`; the instance is in this tenant unless the key says otherwise.
    /// `cluster`, which a Mainstem adds to the instance in its frames and not in a dump's value, is cut off: it is the
    /// event's `origin`. `cursor` says where a Mainstem's watch goes on behind the frame; it is empty when the frame
    /// does not say.
    package static func read(
        _ frame: [UInt8], in tenant: Tenant
    ) throws(JSONError) -> (event: UpstreamEvent, cursor: String) {
        let parts = try JSONReader.read(frame) { reader throws(JSONError) in
            var parts = Parts()
            try reader.members { reader, key throws(JSONError) in
                if reader.equals(key, "action") {
                    parts.action = try reader.string()
                } else if reader.equals(key, "key") {
                    parts.key = try reader.providerRule(tenant: tenant)
                } else if reader.equals(key, "revision"), try reader.peek() == .string {
                    parts.process = UpstreamPath.process(ofRevision: try reader.string())
                } else if reader.equals(key, "cursor"), try reader.peek() == .string {
                    parts.cursor = try reader.string()
                } else if reader.equals(key, "via"), try reader.peek() == .string {
                    parts.via = try reader.string()
                } else if reader.equals(key, "instance"), try reader.peek() == .object {
                    try parts.readInstance(&reader)
                } else {
                    try reader.skip()
                }
            }
            return parts
        }
        switch parts.action {
        case "SNAPSHOT", "CREATE", "UPDATE", "DELETE": break
        case "SYNCED", "HEARTBEAT": return (.nothing, parts.cursor)
        // Where to go on is known again when the whole state has come.
        default: return (.unclear, "")
        }
        guard !parts.service.isEmpty, !parts.instance.isEmpty else {
            throw JSONError("an event without instanceId or serviceId", at: 0)
        }
        let service = ServiceRef(tenant: parts.key?.name.tenant ?? tenant, id: ServiceID(parts.service))
        let ref = InstanceRef(service: service, id: InstanceID(parts.instance))
        guard parts.action != "DELETE" else { return (.ends(ref, of: parts.microservice), parts.cursor) }
        return (
            .says(ref, of: parts.microservice, parts.value, path: parts.path, origin: parts.origin), parts.cursor
        )
    }

    private struct Parts {
        var key: ProviderRule?
        var action = ""
        var service = ""
        var instance = ""
        var value: [UInt8] = []
        var process = ""
        var via = ""
        var cursor = ""
        var origin: String?

        var microservice: MicroserviceKey? {
            guard let key, !key.name.name.isEmpty, !key.version.isEmpty else { return nil }
            return MicroserviceKey(name: key.name, version: key.version)
        }

        var path: String { UpstreamPath(process: process).path(via: via) }

        mutating func readInstance(_ reader: inout JSONReader) throws(JSONError) {
            _ = try reader.peek()
            let start = reader.offset
            var previousEnd: Int?
            var cut: Range<Int>?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.equals(key, "instanceId") {
                    instance = try reader.string()
                } else if reader.equals(key, "serviceId") {
                    service = try reader.string()
                } else if reader.equals(key, "cluster"), let previousEnd {
                    if try reader.peek() == .string {
                        origin = try reader.string()
                    } else {
                        try reader.skip()
                    }
                    cut = previousEnd..<reader.offset
                } else {
                    try reader.skip()
                }
                previousEnd = reader.offset
            }
            value = Array(reader.bytes[start..<reader.offset])
            if let cut { value.removeSubrange(cut.lowerBound - start..<cut.upperBound - start) }
        }
    }
}

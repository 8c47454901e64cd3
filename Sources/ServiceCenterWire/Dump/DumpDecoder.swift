package import Registry

/// One entry of a dump, decoded.
package enum DumpEntry: Sendable {
    case microservice(Microservice)
    case instance(Instance)
    case attachment(Attachment)
    case dependency(DependencyRule)
    /// Entries that repeat what others say: a provider's side of a dependency.
    case repetition([UInt8])

    /// The value as the source wrote it: what the next read's bytes are compared with.
    package var body: [UInt8] {
        switch self {
        case .microservice(let microservice): microservice.body
        case .instance(let instance): instance.body
        case .attachment(let attachment): attachment.body
        case .dependency(let rule): rule.body
        case .repetition(let body): body
        }
    }
}

/// Decodes and validates the entries of one dump. Texts that many entries share are kept once.
package struct DumpDecoder {
    private var interner = Interner()

    package init() {}

    /// One entry, validated to its last byte; the error's offset counts from the start of the dump.
    package mutating func decode(_ entry: DumpScanner.Entry) throws(JSONError) -> DumpEntry {
        do throws(JSONError) {
            return try decodeValue(entry)
        } catch {
            throw JSONError("entry of \(entry.table): \(error.problem)", at: entry.offset + error.offset)
        }
    }

    private mutating func decodeValue(_ entry: DumpScanner.Entry) throws(JSONError) -> DumpEntry {
        switch entry.table {
        case .services: return .microservice(try microservice(entry))
        case .instances: return .instance(try instance(entry))
        case .serviceTags, .serviceRules, .summaries: return .attachment(try attachment(entry))
        case .dependencyRules: return try dependency(entry)
        case .serviceIndexes, .serviceAliases, .serviceRuleIndexes:
            return .repetition(try validated(entry))
        }
    }

    private mutating func microservice(_ entry: DumpScanner.Entry) throws(JSONError) -> Microservice {
        let path = try path(entry, tail: 1)
        var reader = JSONReader(entry.value)
        let fields = try MicroserviceFields(from: &reader)
        try reader.finish()
        guard fields.id == path[0] else { throw JSONError("the value's serviceId is not the key's", at: 0) }
        return fields.microservice(
            tenant: path.tenant, body: Array(entry.value), upstreamRevision: entry.revision,
            origin: interner.text(entry.cluster))
    }

    private mutating func instance(_ entry: DumpScanner.Entry) throws(JSONError) -> Instance {
        let path = try path(entry, tail: 2)
        var reader = JSONReader(entry.value)
        let fields = try InstanceFields(from: &reader)
        try reader.finish()
        guard fields.id == path[1] else { throw JSONError("the value's instanceId is not the key's", at: 0) }
        let ref = InstanceRef(
            service: ServiceRef(tenant: path.tenant, id: ServiceID(path[0])), id: InstanceID(fields.id))
        return Instance(
            ref: ref, status: fields.status, body: Array(entry.value), serviceIDRange: fields.serviceIDRange,
            upstreamRevision: entry.revision, origin: interner.text(entry.cluster))
    }

    private mutating func attachment(_ entry: DumpScanner.Entry) throws(JSONError) -> Attachment {
        let path = try path(entry, tail: entry.table == .serviceTags ? 1 : 2)
        var reader = JSONReader(entry.value)
        let key: Attachment.Key
        let content: Attachment.Content
        switch entry.table {
        case .serviceTags: (key, content) = (.tags, .tags(try reader.stringMap()))
        case .serviceRules: (key, content) = (.rule(path[1]), .rule(try AccessRule(from: &reader)))
        default:
            _ = try reader.text()
            (key, content) = (.schemaSummary(path[1]), .schemaSummary)
        }
        try reader.finish()
        return Attachment(
            service: ServiceRef(tenant: path.tenant, id: ServiceID(path[0])), key: key, content: content,
            body: Array(entry.value), upstreamRevision: entry.revision)
    }

    private mutating func dependency(_ entry: DumpScanner.Entry) throws(JSONError) -> DumpEntry {
        // …/dep-rules/{domain}/{project}/{c|p}/{environment}/{application}/{name}/{version}
        let path = try path(entry, tail: 5)
        guard path[0] == "c" else { return .repetition(try validated(entry)) }
        let name = MicroserviceName(
            tenant: path.tenant, environment: path[1], application: path[2], name: path[3])
        var reader = JSONReader(entry.value)
        let providers = try reader.providerRules(tenant: path.tenant)
        try reader.finish()
        return .dependency(
            DependencyRule(
                consumer: MicroserviceKey(name: name, version: path[4]), providers: providers,
                body: Array(entry.value), upstreamRevision: entry.revision))
    }

    private func validated(_ entry: DumpScanner.Entry) throws(JSONError) -> [UInt8] {
        var reader = JSONReader(entry.value)
        try reader.skip()
        try reader.finish()
        return Array(entry.value)
    }

    /// The last parts of a key, and the tenant before them.
    private struct Path {
        let tenant: Tenant
        let parts: [String]
        subscript(index: Int) -> String { parts[index] }
    }

    private mutating func path(_ entry: DumpScanner.Entry, tail: Int) throws(JSONError) -> Path {
        var parts: [String] = []
        var end = entry.key.count
        var index = end
        while index > 0, parts.count < tail + 2 {
            index -= 1
            guard entry.key[index] == UInt8(ascii: "/") else { continue }
            let part = UnsafeBufferPointer(rebasing: entry.key[index + 1..<end])
            parts.append(interner.text(part, isShared: parts.count != 0 || tail == 1))
            end = index
        }
        guard parts.count == tail + 2 else {
            throw JSONError("the key has too few parts", at: 0)
        }
        let tenant = Tenant(domain: parts[tail + 1], project: parts[tail])
        return Path(tenant: tenant, parts: parts[..<tail].reversed())
    }
}

/// Keeps equal texts once: service IDs, domains and cluster names stand in thousands of entries.
struct Interner {
    private var texts: [UInt64: String] = [:]

    /// The text of some bytes; `isShared` is false for texts that are not expected to come again.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, isShared: Bool = true) -> String {
        // Up to 15 bytes a string needs no memory of its own.
        guard isShared, bytes.count > 15 else { return String(decoding: bytes, as: UTF8.self) }
        let hash = Digest(of: UnsafeRawBufferPointer(bytes)).low
        if let known = texts[hash], known.utf8.elementsEqual(bytes) { return known }
        let text = String(decoding: bytes, as: UTF8.self)
        texts[hash] = text
        return text
    }
}

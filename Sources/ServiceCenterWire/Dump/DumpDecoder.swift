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
    /// The path of what is decoded next.
    package var path = ""

    package init() {}

    /// One entry, validated to its last byte; the error's offset counts from the start of the dump.
    package mutating func decode(_ entry: DumpScanner.Entry) throws(JSONError) -> DumpEntry {
        do throws(JSONError) {
            return try decodeValue(entry)
        } catch {
            throw JSONError("entry of \(entry.table): \(error.problem)", at: entry.valueOffset + error.offset)
        }
    }

    /// One entry that is kept elsewhere than in a dump, by its table, its key as plain text, and its value.
    package mutating func decode(
        _ table: DumpTable, key: String, revision: Int64, cluster: String = "", value: [UInt8]
    ) throws(JSONError) -> DumpEntry {
        let cluster = Array(cluster.utf8)
        var quoted = JSONWriter(reserving: key.utf8.count + 2)
        quoted.string(key)
        let escaped = Array(quoted.bytes.dropFirst().dropLast())
        let outcome = escaped.withUnsafeBufferPointer { key in
            value.withUnsafeBufferPointer { value in
                cluster.withUnsafeBufferPointer { cluster -> Result<DumpEntry, JSONError> in
                    let entry = DumpScanner.Entry(
                        table: table, key: key, revision: revision, cluster: cluster,
                        via: UnsafeBufferPointer(start: nil, count: 0), value: value, offset: 0,
                        valueOffset: 0)
                    do throws(JSONError) { return .success(try decode(entry)) } catch { return .failure(error) }
                }
            }
        }
        return try outcome.get()
    }

    /// The same without copying what is not kept; none of the bytes is used after the call.
    package mutating func decode(
        _ table: DumpTable, key: UnsafeBufferPointer<UInt8>, revision: Int64, cluster: UnsafeBufferPointer<UInt8>,
        value: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) -> DumpEntry {
        // In the text of a dump a backslash would escape what follows.
        guard !key.contains(UInt8(ascii: "\\")) else {
            return try decode(
                table, key: String(decoding: key, as: UTF8.self), revision: revision,
                cluster: String(decoding: cluster, as: UTF8.self), value: Array(value))
        }
        return try decode(
            DumpScanner.Entry(
                table: table, key: key, revision: revision, cluster: cluster,
                via: UnsafeBufferPointer(start: nil, count: 0), value: value, offset: 0, valueOffset: 0))
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
            origin: interner.text(entry.cluster), path: self.path)
    }

    private mutating func instance(_ entry: DumpScanner.Entry) throws(JSONError) -> Instance {
        let path = try path(entry, tail: 2)
        var reader = JSONReader(entry.value)
        let fields = try InstanceFields(from: &reader)
        try reader.finish()
        guard fields.id == path[1] else { throw JSONError("the value's instanceId is not the key's", at: 0) }
        guard reader.isEqual(fields.serviceID, to: path[0]) else {
            throw JSONError("the value's serviceId is not the key's", at: fields.serviceID.range.lowerBound)
        }
        let ref = InstanceRef(
            service: ServiceRef(tenant: path.tenant, id: ServiceID(path[0])), id: InstanceID(fields.id))
        return Instance(
            ref: ref, status: fields.status, hasVersion: fields.hasVersion, body: Array(entry.value),
            serviceIDRange: fields.serviceID.range, upstreamRevision: entry.revision,
            origin: interner.text(entry.cluster), path: self.path, leaseSeconds: fields.leaseSeconds,
            modified: fields.modified)
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
        // {c|p}/{environment}/{application}/{name}/{version}; the provider that is everything ends with its name.
        let path = try path(entry, tail: 5)
        guard path[0] == "c" else { return .repetition(try validated(entry)) }
        guard path.parts.count == 5 else { throw JSONError("the key has too few parts", at: 0) }
        let name = MicroserviceName(
            tenant: path.tenant, environment: path[1], application: path[2], name: path[3])
        var reader = JSONReader(entry.value)
        var providers = try reader.providerRules(tenant: path.tenant)
        let upstream = UpstreamPath(process: self.path)
        for index in providers.indices { providers[index].path = upstream.path(via: providers[index].path) }
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

    /// The tenant in a key, and the parts behind it.
    private struct Path {
        let tenant: Tenant
        let parts: [String]
        subscript(index: Int) -> String { parts[index] }
    }

    /// Takes `/cse-sr/{kind}/{table}/{domain}/{project}/…` apart: behind the tenant come at most `tail` parts, of which
    /// the first of one or two is a microservice's ID and may have slashes in it.
    private mutating func path(_ entry: DumpScanner.Entry, tail: Int) throws(JSONError) -> Path {
        guard entry.key.contains(UInt8(ascii: "\\")) else { return try path(entry.key, tail: tail) }
        let quoted = [UInt8(ascii: "\"")] + entry.key + [UInt8(ascii: "\"")]
        var key = try JSONReader.read(quoted) { reader throws(JSONError) in try reader.string() }
        let outcome = key.withUTF8 { utf8 -> Result<Path, JSONError> in
            do throws(JSONError) { return .success(try path(utf8, tail: tail)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private mutating func path(_ key: UnsafeBufferPointer<UInt8>, tail: Int) throws(JSONError) -> Path {
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") }
        let head = key.split(maxSplits: 6, omittingEmptySubsequences: false, whereSeparator: isSlash)
        guard head.count == 7, head[0].isEmpty else { throw JSONError("the key has too few parts", at: 0) }
        var slices = [head[6]]
        if tail == 2 {
            guard let slash = head[6].lastIndex(where: isSlash) else {
                throw JSONError("the key has too few parts", at: 0)
            }
            slices = [head[6][..<slash], head[6][(slash + 1)...]]
        } else if tail > 2 {
            slices = head[6].split(maxSplits: tail - 1, omittingEmptySubsequences: false, whereSeparator: isSlash)
        }
        // An instance's ID is not expected to come again.
        let parts = slices.indices.map { index in
            interner.text(UnsafeBufferPointer(rebasing: slices[index]), isShared: tail != 2 || index == 0)
        }
        let domain = interner.text(UnsafeBufferPointer(rebasing: head[4]))
        let project = interner.text(UnsafeBufferPointer(rebasing: head[5]))
        return Path(tenant: Tenant(domain: domain, project: project), parts: parts)
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

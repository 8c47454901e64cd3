extension Instance {
    /// The same instance under another ID of its microservice, which its body says too.
    func moved(to service: ServiceRef) -> Instance {
        guard service != ref.service else { return self }
        let range = Int(serviceIDRange.lowerBound)..<Int(serviceIDRange.upperBound)
        let text = service.id.text.utf8.flatMap(Instance.escaped)
        var body = body
        body.replaceSubrange(range, with: text)
        return Instance(
            ref: InstanceRef(service: service, id: id), status: status, hasVersion: hasVersion, body: body,
            serviceIDRange: range.lowerBound..<range.lowerBound + text.count, upstreamRevision: upstreamRevision,
            origin: origin, path: path, leaseSeconds: leaseSeconds, modified: modified)
    }

    /// A byte as it stands in a JSON text.
    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        case 0..<0x20: Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
        default: [byte]
        }
    }
}

package import Registry

extension Instance {
    /// The same instance with other endpoints and, where it names no datacenter, with this one; itself when that
    /// changes nothing. Reads its body once, and copies it only when it changes.
    package func rewritten(endpoint: (String) -> String, location: Location?) -> Instance {
        guard let changes = try? changes(endpoint, location) else { return self }
        return setting(changes)
    }

    /// The same instance with these members; itself when there are none. `original` is the source's own word of it.
    func setting(_ members: [JSONEdit.Member], original: Instance? = nil) -> Instance {
        guard !members.isEmpty, let body = try? JSONEdit.setting(members, in: body),
            let fields = try? JSONReader.read(body, { reader throws(JSONError) in try InstanceFields(from: &reader) })
        else { return self }
        return Instance(
            ref: ref, status: fields.status, hasVersion: fields.hasVersion, body: body,
            serviceIDRange: fields.serviceID.range, upstreamRevision: upstreamRevision, origin: origin, path: path,
            leaseSeconds: fields.leaseSeconds, modified: fields.modified, original: original)
    }

    /// The same instance at another place, which its body does not tell; itself when it is there.
    package func moved(to ref: InstanceRef) -> Instance {
        guard ref != self.ref else { return self }
        return Instance(
            ref: ref, status: status, hasVersion: hasVersion, body: body,
            serviceIDRange: Int(serviceIDRange.lowerBound)..<Int(serviceIDRange.upperBound),
            upstreamRevision: upstreamRevision, origin: origin, path: path, leaseSeconds: leaseSeconds,
            modified: modified)
    }

    private func changes(
        _ endpoint: (String) -> String, _ location: Location?
    ) throws(JSONError) -> [JSONEdit.Member] {
        var changes: [JSONEdit.Member] = []
        var hasDatacenter = false
        try JSONReader.read(body) { reader throws(JSONError) in
            try reader.members { reader, key throws(JSONError) in
                if reader.equals(key, "endpoints") {
                    let endpoints = try reader.stringList()
                    let rewritten = endpoints.map(endpoint)
                    guard rewritten != endpoints else { return }
                    changes.append(("endpoints", JSONEdit.array(rewritten.map(JSONEdit.text))))
                } else {
                    hasDatacenter = hasDatacenter || reader.equals(key, "dataCenterInfo")
                    try reader.skip()
                }
            }
        }
        guard let location, !hasDatacenter else { return changes }
        var writer = JSONWriter(reserving: 128)
        InstanceRecord.Datacenter(
            name: location.name, region: location.region, availableZone: location.availableZone
        ).write(value: &writer)
        return changes + [("dataCenterInfo", writer.bytes)]
    }
}

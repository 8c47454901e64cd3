package import Registry

extension Instance {
    /// The property that says since when an instance's source was not confirmed, in seconds since 1970.
    package static let staleProperty = "mainstem.staleSince"

    /// The same instance, with the property `mainstem.staleSince`. One scan of its body.
    @Sendable package static func marked(_ instance: Instance, since: UnixTime) -> Instance {
        let member = "\"\(staleProperty)\":\"\(since.nanoseconds / 1_000_000_000)\""
        guard let place = instance.placeForProperty else { return instance }
        let text: String =
            switch place.around {
            case .members: "\(member),"
            case .nothing: member
            case .noProperties: ",\"properties\":{\(member)}"
            }
        var body = instance.body
        body.insert(contentsOf: text.utf8, at: place.offset)
        let range = Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound)
        let shift = place.offset <= range.lowerBound ? text.utf8.count : 0
        return Instance(
            ref: instance.ref, status: instance.status, hasVersion: instance.hasVersion, body: body,
            serviceIDRange: range.lowerBound + shift..<range.upperBound + shift,
            upstreamRevision: instance.upstreamRevision, origin: instance.origin, path: instance.path,
            leaseSeconds: instance.leaseSeconds,
            modified: instance.modified, original: instance.original ?? instance)
    }

    private enum Surroundings { case members, nothing, noProperties }

    /// Where in the body a property may be written, and what stands there.
    private var placeForProperty: (offset: Int, around: Surroundings)? {
        let found = try? JSONReader.read(body) { reader throws(JSONError) -> (Int, Surroundings)? in
            var place: (Int, Surroundings)?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard reader.equals(key, "properties"), try reader.peek() == .object else {
                    try reader.skip()
                    continue
                }
                let range = try reader.skip()
                let isEmpty = body[range].dropFirst().dropLast().allSatisfy { $0 <= UInt8(ascii: " ") }
                place = (range.lowerBound + 1, isEmpty ? .nothing : .members)
            }
            return place
        }
        // The object's own end: `{` and a service ID stand before it.
        return found.flatMap { $0 } ?? body.lastIndex(of: UInt8(ascii: "}")).map { ($0, .noProperties) }
    }
}

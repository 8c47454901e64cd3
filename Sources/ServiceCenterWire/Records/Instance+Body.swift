package import Registry

extension Instance {
    /// An instance of which its JSON is all that is left, and the ID under which its microservice was served; nil when
    /// that JSON is no instance.
    package convenience init?(of service: ServiceRef, body: [UInt8]) {
        let fields = try? JSONReader.read(body) { reader throws(JSONError) in try InstanceFields(from: &reader) }
        guard let fields else { return nil }
        self.init(
            ref: InstanceRef(service: service, id: InstanceID(fields.id)), status: fields.status,
            hasVersion: fields.hasVersion, body: body, serviceIDRange: fields.serviceID.range, upstreamRevision: 0,
            origin: "", leaseSeconds: fields.leaseSeconds, modified: fields.modified)
    }
}

package import Registry

extension JSONWriter {
    /// An instance as it is served: its own text, with the canonical service ID in the place of the source's.
    package mutating func instance(_ instance: Instance, servedUnder id: ServiceID, source: SourceID? = nil) {
        let body = instance.body
        let range = Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound)
        if id == instance.ref.service.id, source == nil { return raw(body) }
        raw(body[..<range.lowerBound])
        if id == instance.ref.service.id { append(body[range]) } else { append(escaping: id.text) }
        guard let source else { return append(body[range.upperBound...]) }
        // The object's last brace makes room for one more member.
        let end = body.lastIndex(of: UInt8(ascii: "}")) ?? body.endIndex
        append(body[range.upperBound..<end])
        continueObject()
        member("cluster", source.name)
        endObject()
    }

    /// `{"instances":[…]}` of these microservices, or `{}` when they have none, as Go's `omitempty` writes it.
    package mutating func instances(of microservices: [MergedMicroservice], showingSources: Bool = false) {
        beginObject()
        if microservices.contains(where: { !$0.instances.isEmpty }) {
            key("instances")
            beginArray()
            for microservice in microservices {
                for instance in microservice.instances {
                    self.instance(
                        instance.visible, servedUnder: microservice.canonicalID,
                        source: showingSources ? instance.source : nil)
                }
            }
            endArray()
        }
        endObject()
    }

    /// A key as frames and dependencies have it; what is empty is left out but for application, name and version.
    package mutating func key(object key: MicroserviceKey, alias: String = "") {
        beginObject()
        member("tenant", key.tenant.description)
        member("env", ifPresent: key.name.environment)
        member("appId", key.name.application)
        member("serviceName", key.name.name)
        member("alias", ifPresent: alias)
        member("version", key.version)
        endObject()
    }
}

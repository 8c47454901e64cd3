package import Registry

extension JSONWriter {
    /// An instance as it is served: its own text, with the canonical service ID in the place of the source's, and with
    /// its microservice's version where it does not say that itself: go-chassis drops an instance without one.
    package mutating func instance(
        _ instance: Instance, servedUnder id: ServiceID, version: String, source: SourceID? = nil
    ) {
        let body = instance.body
        let range = Int(instance.serviceIDRange.lowerBound)..<Int(instance.serviceIDRange.upperBound)
        let isWhole = source == nil && instance.hasVersion
        if id == instance.ref.service.id, isWhole { return raw(body) }
        raw(body[..<range.lowerBound])
        if id == instance.ref.service.id { append(body[range]) } else { append(escaping: id.text) }
        if isWhole { return append(body[range.upperBound...]) }
        // The object's last brace makes room for more members.
        let end = body.lastIndex(of: UInt8(ascii: "}")) ?? body.endIndex
        append(body[range.upperBound..<end])
        continueObject()
        if !instance.hasVersion { member("version", version) }
        if let source { member("cluster", source.name) }
        endObject()
    }

    /// A visible instance of a merged microservice.
    package mutating func instance(_ instance: Instance, of merged: MergedMicroservice, source: SourceID? = nil) {
        self.instance(instance, servedUnder: merged.canonicalID, version: merged.key.version, source: source)
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
                        instance.visible, of: microservice, source: showingSources ? instance.source : nil)
                }
            }
            endArray()
        }
        endObject()
    }

    /// A key as frames and dependencies have it; what is empty is left out but for application, name and version. `via`
    /// is ours: the way of a dependency.
    /// Rule: service-center's `MicroServiceKey`, in its order.
    package mutating func key(object key: MicroserviceKey, alias: String = "", via: String = "") {
        beginObject()
        member("tenant", key.tenant.description)
        member("appId", key.name.application)
        member("serviceName", key.name.name)
        member("version", key.version)
        member("environment", ifPresent: key.name.environment)
        member("alias", ifPresent: alias)
        member("via", ifPresent: via)
        endObject()
    }
}

/// `X-Resource-Revision`: derived from what an answer contains, so that it changes with any visible change, and two
/// replicas with the same content give the same one. Opaque to clients.
package struct ContentRevision: Hashable, Sendable, CustomStringConvertible {
    private let digest: Digest

    /// The revision of the instances of these microservices, in this order; O(microservices), not O(instances), unless
    /// the answer names the sources too: then whose word counts is part of what it contains.
    package init(of microservices: [MergedMicroservice], namingSources: Bool = false) {
        var digest = Digest.zero
        for microservice in microservices where !microservice.instances.isEmpty {
            digest = digest.then(Digest(of: microservice.canonicalID.text)).then(microservice.instancesDigest)
            guard namingSources else { continue }
            for instance in microservice.instances { digest = digest.then(Digest(of: instance.source.name)) }
        }
        self.digest = digest
    }

    /// The revision of one instance.
    package init(of instance: MergedInstance, servedUnder id: ServiceID, namingSource: Bool = false) {
        let digest = Digest(of: id.text).then(instance.visible.digest)
        self.digest = namingSource ? digest.then(Digest(of: instance.source.name)) : digest
    }

    /// 32 hexadecimal digits.
    package var description: String { digest.hex }
}

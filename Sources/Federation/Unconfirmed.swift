import Registry

/// What is served of a source from before a restart, and what it has not spoken of since: when its first read is done,
/// the rest is gone. Pure.
struct Unconfirmed {
    private struct AttachmentRef: Hashable {
        let service: ServiceRef
        let key: Attachment.Key
    }

    private var microservices: [ServiceRef: Microservice]
    private var instances: [InstanceRef: Instance]
    private var attachments: Set<AttachmentRef>
    private var dependencies: Set<MicroserviceKey>

    init(_ kept: RegistryDelta = RegistryDelta()) {
        microservices = Dictionary(kept.microservices.map { ($0.ref, $0) }) { $1 }
        instances = Dictionary(kept.instances.map { ($0.ref, $0) }) { $1 }
        attachments = Set(kept.attachments.map { AttachmentRef(service: $0.service, key: $0.key) })
        dependencies = Set(kept.dependencies.map(\.consumer))
    }

    var isEmpty: Bool { microservices.isEmpty && instances.isEmpty && attachments.isEmpty && dependencies.isEmpty }

    /// The source has spoken of these.
    mutating func hear(_ delta: RegistryDelta) {
        guard !isEmpty else { return }
        for said in delta.microservices { microservices[said.ref] = nil }
        for said in delta.instances { instances[said.ref] = nil }
        for said in delta.attachments { attachments.remove(AttachmentRef(service: said.service, key: said.key)) }
        for said in delta.dependencies { dependencies.remove(said.consumer) }
        for ref in delta.removedMicroservices { microservices[ref] = nil }
        for ref in delta.removedInstances { instances[ref] = nil }
        for (service, key) in delta.removedAttachments { attachments.remove(AttachmentRef(service: service, key: key)) }
        for consumer in delta.removedDependencies { dependencies.remove(consumer) }
    }

    /// The source has said everything: adds the withdrawal of the rest to what it says, and forgets it. A revision that
    /// went back since the restart is told as one that went back between two reads.
    mutating func hear(wholeRead delta: inout RegistryDelta) {
        guard !isEmpty else { return }
        if isRewound(by: delta) { delta.evidence = .read(isRewound: true) }
        hear(delta)
        delta.removedMicroservices += microservices.keys
        delta.removedInstances += instances.keys
        delta.removedAttachments += attachments.map { (service: $0.service, key: $0.key) }
        delta.removedDependencies += dependencies
        self = Unconfirmed()
    }

    /// Whether an entry of the same origin has a lower revision than it had.
    private func isRewound(by delta: RegistryDelta) -> Bool {
        delta.microservices.contains { said in
            microservices[said.ref].map { said.upstreamRevision < $0.upstreamRevision && said.origin == $0.origin }
                ?? false
        }
            || delta.instances.contains { said in
                instances[said.ref].map { said.upstreamRevision < $0.upstreamRevision && said.origin == $0.origin }
                    ?? false
            }
    }
}

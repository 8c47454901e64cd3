import Registry

/// What is served of a source from before a restart, and what it has not spoken of since: when its first read is done,
/// the rest is gone. Pure.
struct Unconfirmed {
    private struct AttachmentRef: Hashable {
        let service: ServiceRef
        let key: Attachment.Key
    }

    private var microservices: Set<ServiceRef>
    private var instances: Set<InstanceRef>
    private var attachments: Set<AttachmentRef>
    private var dependencies: Set<MicroserviceKey>

    init(_ kept: RegistryDelta = RegistryDelta()) {
        microservices = Set(kept.microservices.map(\.ref))
        instances = Set(kept.instances.map(\.ref))
        attachments = Set(kept.attachments.map { AttachmentRef(service: $0.service, key: $0.key) })
        dependencies = Set(kept.dependencies.map(\.consumer))
    }

    var isEmpty: Bool { microservices.isEmpty && instances.isEmpty && attachments.isEmpty && dependencies.isEmpty }

    /// The source has spoken of these.
    mutating func hear(_ delta: RegistryDelta) {
        guard !isEmpty else { return }
        for said in delta.microservices { microservices.remove(said.ref) }
        for said in delta.instances { instances.remove(said.ref) }
        for said in delta.attachments { attachments.remove(AttachmentRef(service: said.service, key: said.key)) }
        for said in delta.dependencies { dependencies.remove(said.consumer) }
        for ref in delta.removedMicroservices { microservices.remove(ref) }
        for ref in delta.removedInstances { instances.remove(ref) }
        for (service, key) in delta.removedAttachments { attachments.remove(AttachmentRef(service: service, key: key)) }
        for consumer in delta.removedDependencies { dependencies.remove(consumer) }
    }

    /// The source has said everything: adds the withdrawal of the rest to what it says, and forgets it.
    mutating func withdrawRest(in delta: inout RegistryDelta) {
        delta.removedMicroservices += microservices
        delta.removedInstances += instances
        delta.removedAttachments += attachments.map { (service: $0.service, key: $0.key) }
        delta.removedDependencies += dependencies
        self = Unconfirmed()
    }
}

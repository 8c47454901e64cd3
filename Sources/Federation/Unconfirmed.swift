import Registry

/// What is served of a source from before a restart, and what it has not spoken of since: when its first read is done,
/// the rest is gone. Pure.
struct Unconfirmed {
    private struct AttachmentRef: Hashable {
        let service: ServiceRef
        let key: Attachment.Key
    }

    /// By what they were, where their revisions can be compared with those of the first read.
    private var microservices: [ServiceRef: Microservice?]
    private var instances: [InstanceRef: Instance?]
    private var attachments: Set<AttachmentRef>
    private var dependencies: Set<MicroserviceKey>
    /// The highest revisions of what was kept.
    private var (microserviceLevels, instanceLevels): (Levels, Levels) = ([:], [:])

    /// The highest revision of each origin, without what came through a Mainstem, which gives revisions of its own.
    private typealias Levels = [String: Int64]
    /// As much of an entry as tells of its store.
    private typealias Trace = (origin: String, revision: Int64, path: String, isNew: Bool)

    init(_ kept: RegistryDelta = RegistryDelta()) {
        microservices = Dictionary(kept.microservices.map { ($0.ref, $0) }) { $1 }
        instances = Dictionary(kept.instances.map { ($0.ref, $0) }) { $1 }
        attachments = Set(kept.attachments.map { AttachmentRef(service: $0.service, key: $0.key) })
        dependencies = Set(kept.dependencies.map(\.consumer))
        microserviceLevels = Unconfirmed.levels(of: traces(of: kept.microservices))
        instanceLevels = Unconfirmed.levels(of: traces(of: kept.instances))
    }

    /// Everything that this withdraws, which another source has said.
    init(withdrawing said: RegistryDelta) {
        microservices = Dictionary(said.removedMicroservices.map { ($0, nil) }) { $1 }
        instances = Dictionary(said.removedInstances.map { ($0, nil) }) { $1 }
        attachments = Set(said.removedAttachments.map { AttachmentRef(service: $0.service, key: $0.key) })
        dependencies = Set(said.removedDependencies)
    }

    var isEmpty: Bool { microservices.isEmpty && instances.isEmpty && attachments.isEmpty && dependencies.isEmpty }

    /// The source has spoken of these.
    mutating func hear(_ delta: RegistryDelta) {
        guard !isEmpty else { return }
        for said in delta.microservices { microservices.removeValue(forKey: said.ref) }
        for said in delta.instances { instances.removeValue(forKey: said.ref) }
        for said in delta.attachments { attachments.remove(AttachmentRef(service: said.service, key: said.key)) }
        for said in delta.dependencies { dependencies.remove(said.consumer) }
        for ref in delta.removedMicroservices { microservices.removeValue(forKey: ref) }
        for ref in delta.removedInstances { instances.removeValue(forKey: ref) }
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

    /// Whether an entry of the same origin has a lower revision than it had, or something new stands in a table whose
    /// highest revision is lower than it was.
    private func isRewound(by delta: RegistryDelta) -> Bool {
        let isOlder = delta.microservices.contains { said in
            guard let old = microservices[said.ref] ?? nil else { return false }
            return said.upstreamRevision < old.upstreamRevision && said.origin == old.origin
        }
        return isOlder
            || delta.instances.contains { said in
                guard let old = instances[said.ref] ?? nil else { return false }
                return said.upstreamRevision < old.upstreamRevision && said.origin == old.origin
            }
            || Unconfirmed.hasGoneBack(traces(of: delta.microservices), from: microserviceLevels)
            || Unconfirmed.hasGoneBack(traces(of: delta.instances), from: instanceLevels)
    }

    private func traces(of said: [Microservice]) -> [Trace] {
        said.map { ($0.origin, $0.upstreamRevision, $0.path, microservices[$0.ref] == nil) }
    }

    private func traces(of said: [Instance]) -> [Trace] {
        said.map { ($0.origin, $0.upstreamRevision, $0.path, instances[$0.ref] == nil) }
    }

    private static func levels(of traces: [Trace]) -> Levels {
        traces.reduce(into: [:]) { levels, trace in
            if trace.path.isEmpty { levels[trace.origin] = max(levels[trace.origin] ?? 0, trace.revision) }
        }
    }

    private static func hasGoneBack(_ traces: [Trace], from former: Levels) -> Bool {
        let present = levels(of: traces)
        let back = present.filter { $1 < former[$0] ?? 0 }
        return !back.isEmpty && traces.contains { $0.isNew && $0.path.isEmpty && back[$0.origin] != nil }
    }
}

import Discovery
import Registry
import ServiceCenterWire

/// Where a write has to be done. Pure.
enum WriteDestination {
    /// At a source, which knows the microservice by this ID; nil when the write names none, or none that is known.
    case source(SourceID, knownAs: ServiceID?)
    /// At the home, which does not know the microservice yet: it is registered there first, as it is served.
    case adopting(SourceID, MergedMicroservice)
    /// At several sources, each with its own part; some of it perhaps nowhere, because of this owner.
    case parts([Part], homeless: SourceID?)
    /// Nowhere: there is no home, or what it is about belongs to a source that takes no writes.
    case nowhere(owner: SourceID?)

    /// What one source gets of a set of heartbeats, in its own IDs.
    struct Part {
        let source: SourceID
        var set = HeartbeatSet([])
        var ids = IDTranslation()
    }
}

/// Decides where writes go: what is new goes to the home; what exists goes to the source that owns it, when it takes
/// writes. Nothing is copied from one source to another but the definition of a microservice whose instance registers
/// at the home.
struct WriteRules {
    let tables: RegistryTables
    let tenant: Tenant
    let home: SourceID?
    /// Whether a source takes writes of what is its own.
    let isWritable: (SourceID) -> Bool

    func destination(of write: RegistryWrite) throws(ServiceCenterError) -> WriteDestination {
        switch write.subject {
        case .registry: return atHome(knownAs: nil)
        case .definition(let id): return atHome(knownAs: home.flatMap { merged(id)?.id(in: $0) })
        case .newInstance(let id):
            guard let merged = merged(id) else { return atHome(knownAs: nil) }
            guard let home else { return owner(of: merged) }
            return merged.id(in: home).map { .source(home, knownAs: $0) } ?? .adopting(home, merged)
        case .microservice(let id):
            guard let merged = merged(id) else { return atHome(knownAs: nil) }
            if let home, let known = merged.id(in: home) { return .source(home, knownAs: known) }
            let owner = owner(of: merged)
            if case .nowhere = owner, let home, !write.isRemoval { return .adopting(home, merged) }
            return owner
        case .instance(let service, let id): return owner(of: id, merged(service))
        case .heartbeats(let body): return try parts(of: body)
        }
    }

    private func merged(_ id: ServiceID) -> MergedMicroservice? {
        tables.microservice(ServiceRef(tenant: tenant, id: id))
    }

    private func atHome(knownAs id: ServiceID?) -> WriteDestination {
        home.map { .source($0, knownAs: id) } ?? .nowhere(owner: nil)
    }

    /// The strongest source that has the microservice and takes writes.
    private func owner(of merged: MergedMicroservice) -> WriteDestination {
        let writable = merged.contributions.first { isWritable($0.source) }
        return writable.map { .source($0.source, knownAs: $0.microservice.id) } ?? .nowhere(owner: merged.source)
    }

    /// The home when it has the instance or nobody has, otherwise the strongest source that has it and takes writes.
    private func owner(of id: InstanceID, _ merged: MergedMicroservice?) -> WriteDestination {
        guard let merged, let instance = merged.instance(id) else {
            return atHome(knownAs: home.flatMap { merged?.id(in: $0) })
        }
        let words = instance.contributions
        let word = words.first { $0.source == home } ?? words.first { isWritable($0.source) }
        return word.map { .source($0.source, knownAs: $0.instance.ref.service.id) }
            ?? .nowhere(owner: instance.source)
    }

    private func parts(of body: [UInt8]) throws(ServiceCenterError) -> WriteDestination {
        let set = try HeartbeatSet(request: body, in: tenant)
        var parts: [WriteDestination.Part] = []
        var homeless: SourceID?
        for ref in set.instances {
            switch owner(of: ref.id, merged(ref.service.id)) {
            case .source(let source, let known):
                let service = ServiceRef(tenant: tenant, id: known ?? ref.service.id)
                let index = parts.firstIndex { $0.source == source } ?? parts.endIndex
                if index == parts.endIndex { parts.append(WriteDestination.Part(source: source)) }
                parts[index].set.instances.append(InstanceRef(service: service, id: ref.id))
                parts[index].ids.note(service.id, givenAs: ref.service.id)
            case .nowhere(let owner): homeless = owner
            case .adopting, .parts: break
            }
        }
        // A set of nothing is the home's to refuse.
        guard parts.isEmpty else { return .parts(parts, homeless: homeless) }
        return homeless.map { .nowhere(owner: $0) } ?? atHome(knownAs: nil)
    }
}

extension MergedMicroservice {
    /// The ID by which a source knows it; nil when it does not.
    fileprivate func id(in source: SourceID) -> ServiceID? {
        contributions.first { $0.source == source }?.microservice.id
    }
}

import Locks
import Registry
import Topology

/// A source as it is seen through a lens. It is a home, has schemas, or keeps leases, when the source does.
final class LensedSource<Inner: Source>: Source {
    let source: Inner
    let profile: SourceProfile
    private let lens: Mutex<Lens>

    init(_ source: Inner, _ lens: Lens) {
        self.source = source
        self.lens = Mutex(lens)
        var profile = source.profile
        profile.lens = lens.fingerprint
        self.profile = profile
    }

    var endpoints: [EndpointStatus] { source.endpoints }
    var secretFault: String? { source.secretFault }
    var filtered: FilteredCounts? { lens.withLock { $0.filtered } }

    func restore() async throws(StateFailure) -> RegistryDelta {
        let kept = try await source.restore()
        return lens.withLock { $0.see(kept) }
    }

    func restore(after former: any Source) async throws(StateFailure) -> RegistryDelta {
        let kept = try await source.restore(after: (former as? LensedSource<Inner>)?.source ?? former)
        return lens.withLock { $0.see(kept) }
    }

    func end() async { await source.end() }

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        try await source.read { self.see($0, tell) }
    }

    func follow(_ tell: @escaping @Sendable (SourceNews) -> Void) async {
        await source.follow { news in
            guard case .delta(let delta) = news else { return tell(news) }
            self.see(delta) { tell(.delta($0)) }
        }
    }

    /// The lens as it is now; costs a reference.
    var current: Lens { lens.withLock { $0 } }

    /// What is seen has the order of what is said: it is told in the same turn.
    private func see(_ delta: RegistryDelta, _ tell: (RegistryDelta) -> Void) {
        lens.withLock { tell($0.see(delta)) }
    }
}

extension LensedSource: FilteredSource {
    func unseen(_ subject: MicroserviceSubject, _ instance: InstanceID?) -> [UnseenMicroservice] {
        current.unseen(subject, instance)
    }
}

extension LensedSource: SchemaSource where Inner: SchemaSource {
    func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String? {
        guard case .source(let own) = current.origin(of: service) else { return nil }
        return try await source.schema(id, of: own)
    }
}

extension LensedSource: LeaseKeeper where Inner: LeaseKeeper {
    func leaseEnd(of instance: InstanceRef) -> UnixTime? {
        guard case .source(let own) = current.origin(of: instance.service) else { return nil }
        return source.leaseEnd(of: InstanceRef(service: own, id: instance.id))
    }
}

extension Source {
    /// The same source through what its topology declares; itself when that changes nothing.
    func seen(through declaration: LensDeclaration) -> any Source {
        guard !declaration.isEmpty || profile.location != nil else { return self }
        return LensedSource(self, Lens(declaration, location: profile.location))
    }
}

import Registry

/// The audiences of one event loop, found by the provider that something happened to: an event touches only those who
/// watch it.
struct AudienceIndex {
    private typealias Audiences = [ObjectIdentifier: Audience]

    private var all: [Audience.Key: Audience] = [:]
    private var byName: [MicroserviceName: Audiences] = [:]
    private var byTenant: [Tenant: Audiences] = [:]
    private var scopes = ScopeIndex()

    /// The audience of this key, made when there is none.
    mutating func audience(_ key: Audience.Key, in tables: RegistryTables) -> Audience {
        if let audience = all[key] { return audience }
        let audience = Audience(key)
        all[key] = audience
        insert(audience, in: tables)
        return audience
    }

    /// Whom each of these consumers depends on has changed.
    mutating func refresh(_ consumers: Set<MicroserviceKey>, in tables: RegistryTables) {
        for consumer in consumers {
            guard let audience = all[Audience.Key(interest: .consumer(consumer), form: .plain)] else { continue }
            remove(audience)
            insert(audience, in: tables)
        }
    }

    /// Forgets an audience that nobody belongs to any more.
    mutating func tidy(_ audience: Audience) {
        guard audience.watchers.isEmpty, all[audience.key] === audience else { return }
        all[audience.key] = nil
        remove(audience)
    }

    /// Visits the consumers' audiences that hear of a microservice; `endsOnly` of those that hear of nothing there but
    /// what ends.
    func forEach(
        hearing key: MicroserviceKey, in tables: RegistryTables, _ body: (Audience, _ endsOnly: Bool) -> Void
    ) {
        let provider = WatchFilter.Provider(key, in: tables)
        for group in [byName[key.name], byTenant[key.tenant]] {
            for audience in (group ?? [:]).values {
                if audience.hears(of: provider, in: tables) {
                    body(audience, false)
                } else if audience.heard(of: provider, in: tables) {
                    body(audience, true)
                }
            }
        }
    }

    /// Visits the scopes' audiences that may hear of a change.
    func forEach(mayHear change: VisibleChange, _ body: (Audience) -> Void) { scopes.forEach(mayHear: change, body) }

    /// Whether nobody watches.
    var isEmpty: Bool { all.isEmpty }

    /// Every audience.
    var everybody: some Sequence<Audience> { all.values }

    private mutating func insert(_ audience: Audience, in tables: RegistryTables) {
        switch audience.key.interest {
        case .scope(let scope): scopes.insert(audience, of: scope)
        case .consumer(let consumer):
            audience.refresh(from: tables)
            let id = ObjectIdentifier(audience)
            if let names = audience.names {
                for name in names { byName[name, default: [:]][id] = audience }
            } else {
                byTenant[consumer.tenant, default: [:]][id] = audience
            }
        }
    }

    private mutating func remove(_ audience: Audience) {
        switch audience.key.interest {
        case .scope(let scope): scopes.remove(audience, of: scope)
        case .consumer(let consumer):
            let id = ObjectIdentifier(audience)
            byTenant[consumer.tenant]?[id] = nil
            for name in audience.names ?? [] {
                byName[name]?[id] = nil
                if byName[name]?.isEmpty ?? false { byName[name] = nil }
            }
        }
    }
}

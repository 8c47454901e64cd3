import Registry

/// The audiences of scopes, found by what a change is about: each stands under the one part of its scope that leaves
/// the fewest changes, so that an event touches those that may hear of it, and those without any filter.
struct ScopeIndex {
    private enum Part: Hashable {
        case microservice(String)
        case application(String)
        case source(String)
        case project(String)
        case domain(String)
        case everything

        init(of scope: WatchScope) {
            self =
                scope.microservice.map(Part.microservice) ?? scope.application.map(Part.application)
                ?? scope.source.map(Part.source) ?? scope.project.map(Part.project) ?? scope.domain.map(Part.domain)
                ?? .everything
        }
    }

    private var audiences: [Part: [ObjectIdentifier: Audience]] = [:]

    mutating func insert(_ audience: Audience, of scope: WatchScope) {
        audiences[Part(of: scope), default: [:]][ObjectIdentifier(audience)] = audience
    }

    mutating func remove(_ audience: Audience, of scope: WatchScope) {
        let part = Part(of: scope)
        audiences[part]?[ObjectIdentifier(audience)] = nil
        if audiences[part]?.isEmpty ?? false { audiences[part] = nil }
    }

    /// Visits every audience that may hear of a change, each once: the rest of its scope is still to be asked.
    func forEach(mayHear change: VisibleChange, _ body: (Audience) -> Void) {
        guard !audiences.isEmpty else { return }
        let key = change.microservice
        var parts: [Part] = [
            .microservice(key.name.name), .application(key.name.application), .source(change.source.name),
            .project(key.tenant.project), .domain(key.tenant.domain), .everything,
        ]
        if let former = change.formerSource, former != change.source { parts.append(.source(former.name)) }
        for part in parts {
            for audience in (audiences[part] ?? [:]).values { body(audience) }
        }
    }
}

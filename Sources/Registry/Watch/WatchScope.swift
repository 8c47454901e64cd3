/// A part of the registry that somebody follows, whoever depends on whom: nil stands for everything of its kind.
package struct WatchScope: Hashable, Sendable {
    package var domain: String?
    package var project: String?
    package var application: String?
    package var microservice: String?
    package var source: String?

    package init(
        domain: String? = nil, project: String? = nil, application: String? = nil, microservice: String? = nil,
        source: String? = nil
    ) {
        self.domain = domain
        self.project = project
        self.application = application
        self.microservice = microservice
        self.source = source
    }

    /// Whether instances of a microservice may belong to it.
    package func covers(_ key: MicroserviceKey) -> Bool {
        (domain ?? key.tenant.domain) == key.tenant.domain && (project ?? key.tenant.project) == key.tenant.project
            && (application ?? key.name.application) == key.name.application
            && (microservice ?? key.name.name) == key.name.name
    }

    /// Whether an instance belongs to it that is served from a source.
    package func covers(_ key: MicroserviceKey, from source: SourceID) -> Bool {
        (self.source ?? source.name) == source.name && covers(key)
    }

    /// How a change looks from here, nil when it does not concern this part: an instance whose word passes from one
    /// source to another comes for who follows the one, and goes for who follows the other.
    package func action(of change: VisibleChange) -> VisibleChange.Action? {
        guard covers(change.microservice) else { return nil }
        guard let wanted = source, let former = change.formerSource else {
            return (source ?? change.source.name) == change.source.name ? change.action : nil
        }
        if change.source.name == wanted { return .create }
        return former.name == wanted ? .delete : nil
    }
}

/// An item of `include` or `exclude`: it means a microservice to which everything fits that is said here.
package struct MicroserviceCondition: Sendable, Equatable {
    /// Each a pattern for the upstream's own name; nil where nothing is said, which fits everything.
    package let domain: Glob?
    package let project: Glob?
    /// `""` for a microservice that declares none.
    package let environment: Glob?
    package let application: Glob?
    package let name: Glob?
    package let version: Glob?
    /// Tags that it must have, each with a pattern for its value.
    package let tags: [String: Glob]

    /// The same text for the same condition; a dictionary has no order that lasts.
    var fingerprint: String {
        let patterns = [domain, project, environment, application, name, version].map { $0?.description }
        return "\(patterns) \(tags.sorted { $0.key < $1.key }.map { [$0.key, $0.value.description] })"
    }

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        domain = try mapping.optionalString("domain").map(Glob.init)
        project = try mapping.optionalString("project").map(Glob.init)
        environment = try mapping.optionalText("environment").map(Glob.init)
        application = try mapping.optionalString("application").map(Glob.init)
        name = try mapping.optionalString("name").map(Glob.init)
        version = try mapping.optionalString("version").map(Glob.init)
        let tags = try mapping.optionalTexts("tag") ?? []
        self.tags = Dictionary(uniqueKeysWithValues: tags.map { ($0.key, Glob($0.value)) })
        try mapping.finish()
        let says = [domain, project, environment, application, name, version].contains { $0 != nil }
        guard says || !self.tags.isEmpty else {
            throw mapping.error(
                at: nil, "an item of '\(mapping.path)' says nothing, which means every microservice",
                remedy: "say what it means, like {application: \"shop*\"}")
        }
    }
}

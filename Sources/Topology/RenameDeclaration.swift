/// Under which names what a source has is shown: the upstream's own name, then the one that is seen here.
package struct RenameDeclaration: Sendable, Equatable {
    package typealias Names = [(from: String, to: String)]

    package var domain: Names = []
    package var project: Names = []
    /// `""` is the environment of a microservice that declares none.
    package var environment: Names = []
    package var application: Names = []

    package init() {}

    init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        domain = try Self.names(mapping.optionalTexts("domain"), "domain", mapping)
        project = try Self.names(mapping.optionalTexts("project"), "project", mapping)
        environment = try Self.names(mapping.optionalTexts("environment"), nil, mapping)
        application = try Self.names(mapping.optionalTexts("application"), "application", mapping)
        try mapping.finish()
    }

    package var isEmpty: Bool { [domain, project, environment, application].allSatisfy(\.isEmpty) }

    package static func == (left: RenameDeclaration, right: RenameDeclaration) -> Bool {
        [\RenameDeclaration.domain, \.project, \.environment, \.application].allSatisfy { names in
            left[keyPath: names].elementsEqual(right[keyPath: names], by: ==)
        }
    }

    /// `kind` names what cannot be empty; nil for what can.
    private static func names(
        _ texts: [(key: String, value: String)]?, _ kind: String?, _ mapping: StrictMapping
    ) throws(TopologyError) -> Names {
        let names = (texts ?? []).map { (from: $0.key, to: $0.value) }
        if let kind, names.contains(where: { $0.from.isEmpty || $0.to.isEmpty }) {
            throw mapping.error(
                at: kind, "'\(kind)' has an empty name", remedy: "only an environment can be empty: remove it")
        }
        // They are parts of the keys in our dump.
        if let kind, kind != "application", let name = names.first(where: { $0.to.contains("/") }) {
            throw mapping.error(
                at: kind, "\(QuotedText(name.to)) has a slash, which the name of a \(kind) cannot have",
                remedy: "choose a name without one")
        }
        return names
    }
}

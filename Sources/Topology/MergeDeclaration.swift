/// Whose word on an instance is seen that several sources know.
package struct MergeDeclaration: Sendable, Equatable {
    package enum Policy: String, Sendable, CaseIterable { case precedence, newest, oldest, union }

    /// For every application that has none of its own. Default `precedence`.
    package var policy = Policy.precedence
    /// By the application's name, as it is seen here.
    package var applications: [String: Policy] = [:]
    /// For applications that have no policy of their own. Default: none.
    package var sources: [MergeList] = []

    /// The defaults.
    package init() {}

    /// `names` are those of all sources.
    init(from mapping: StrictMapping, names: [SourceName]) throws(TopologyError) {
        var mapping = mapping
        policy = try mapping.optionalWord("policy") ?? policy
        applications = Dictionary(
            uniqueKeysWithValues: try mapping.optionalWords("applications")?.map { ($0.key, $0.value) } ?? [])
        let lists = try mapping.optionalMappings("sources") ?? []
        try mapping.finish()
        var taken: Set<SourceName> = []
        for list in lists { sources.append(try MergeList(from: list, names: names, &taken)) }
    }
}

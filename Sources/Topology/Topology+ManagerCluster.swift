extension Topology {
    /// A read-only topology with every default, whose sources are those of a `manager_cluster` text.
    ///
    /// Each source has the plugin `servicecenter` and, of its settings, only `endpoints`. Throws what
    /// `ManagerCluster.parse` throws.
    package static func fromManagerCluster(
        _ text: String, file: String = "--sources"
    ) throws(TopologyError) -> Topology {
        let sources = try ManagerCluster.parse(text, file: file).map { member in
            SourceDeclaration(
                name: member.name, plugin: "servicecenter",
                settings: StrictMapping(
                    file: file, line: nil, path: "\(member.name).settings",
                    values: [("endpoints", .list(member.endpoints))]
                ),
                file: file, line: 1
            )
        }
        return Topology(sources: sources)
    }
}

extension Topology {
    /// An embedded registry and nothing else: one source of plugin `local`, which is the home. Throws when the name is
    /// none that a source may have.
    package static func standAlone(_ name: String, file: String = "--local") throws(TopologyError) -> Topology {
        guard let name = SourceName(rawValue: name) else {
            throw TopologyError(
                file: file, line: nil, problem: "\(QuotedText(name)) is not a source's name",
                remedy: "use \(SourceName.rule)")
        }
        let source = SourceDeclaration(
            name: name, plugin: "local", settings: StrictMapping(file: file, line: nil, path: "settings", values: []),
            file: file, line: 1)
        return Topology(home: name.rawValue, sources: [source])
    }
}

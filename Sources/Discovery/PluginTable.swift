package import Topology

/// The kinds of sources that exist, by name.
package struct PluginTable: Sendable {
    private let plugins: [String: any DiscoveryPlugin]

    /// A table of these plugins; two of one name are a programmer's mistake.
    package init(_ plugins: [any DiscoveryPlugin]) {
        self.plugins = Dictionary(uniqueKeysWithValues: plugins.map { ($0.name, $0) })
    }

    package var names: [String] { plugins.keys.sorted() }

    /// Makes every declared source, in order of precedence. The first mistake ends it: nothing is started by halves.
    package func makeSources(
        _ topology: Topology, _ surroundings: Surroundings
    ) throws(TopologyError) -> [any Source] {
        var sources: [any Source] = []
        for declaration in topology.sources {
            let plugin = try plugin(of: declaration)
            if plugin.isEmbedded, let key = declaration.lens.firstKey {
                throw TopologyError(
                    file: declaration.file, line: key.line,
                    problem: "'\(key.name)' is for upstreams; source '\(declaration.name)' is a registry of our own",
                    remedy: "remove it: register there what is to be seen, as it is to be seen")
            }
            sources.append(try plugin.makeSource(declaration, surroundings).seen(through: declaration.lens))
        }
        return sources
    }

    /// Reads the files that the sources' settings name; throws what is wrong with the first bad one.
    package func check(_ topology: Topology, _ files: any FileReader) throws(TopologyError) {
        for declaration in topology.sources { try plugin(of: declaration).check(declaration, files) }
    }

    private func plugin(of declaration: SourceDeclaration) throws(TopologyError) -> any DiscoveryPlugin {
        guard let plugin = plugins[declaration.plugin] else {
            throw TopologyError(
                file: declaration.file, line: declaration.line,
                problem: "source '\(declaration.name)' asks for the plugin \(QuotedText(declaration.plugin)), "
                    + "which is unknown",
                remedy: "known plugins: \(names.joined(separator: ", "))")
        }
        return plugin
    }
}

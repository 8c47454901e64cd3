/// What a topology file declares: how we are reached, and which sources there are.
package struct Topology: Sendable {
    /// Default: every default of `ServerDeclaration`.
    package var server: ServerDeclaration
    /// The name of the source that takes writes; nil makes us read-only. Always the name of one of `sources`.
    package var home: String?
    /// The directory of the files that survive a restart; nil keeps nothing.
    package var state: String?
    /// Default: `precedence` for everything.
    package var merge: MergeDeclaration
    /// At least one, in the order of precedence, each with a name of its own.
    package var sources: [SourceDeclaration]

    /// Decodes the text of a topology file. `file` is named in errors and not opened.
    package static func parse(_ text: String, file: String) throws(TopologyError) -> Topology {
        let root = try YAMLReader(file: file).read(text)
        switch root.content {
        case .mapping(let entries):
            return try Topology(from: StrictMapping(file: file, line: root.line, path: "", entries: entries))
        case .empty:
            throw TopologyError(file: file, line: 1, problem: "the file is empty", remedy: "declare 'sources'")
        case .plain, .quoted, .list:
            throw TopologyError(
                file: file, line: root.line, problem: "a topology must be a mapping, not \(root.kind)",
                remedy: "begin with 'sources:'"
            )
        }
    }

    /// The same topology, reached at another address.
    package func listening(on address: ListenAddress) -> Topology {
        var copy = self
        copy.server.listen = address
        return copy
    }

    /// A topology that is declared in code; that `home` and the names are sound is the caller's to see to.
    package init(
        server: ServerDeclaration = ServerDeclaration(), home: String? = nil, state: String? = nil,
        merge: MergeDeclaration = MergeDeclaration(), sources: [SourceDeclaration]
    ) {
        self.server = server
        self.home = home
        self.state = state
        self.merge = merge
        self.sources = sources
    }

    private init(from mapping: StrictMapping) throws(TopologyError) {
        var mapping = mapping
        let server = try mapping.optionalMapping("server")
        let home = try mapping.optionalString("home")
        state = try mapping.optionalString("state")
        let merge = try mapping.optionalMapping("merge")
        let sources = try mapping.requiredMappings("sources")
        try mapping.finish()
        self.server = try server.map(ServerDeclaration.init(from:)) ?? ServerDeclaration()
        let declared = try Self.sources(sources)
        self.merge =
            try merge.map { mapping throws(TopologyError) in
                try MergeDeclaration(from: mapping, names: declared.map(\.name))
            } ?? MergeDeclaration()
        self.sources = declared
        self.home = home
        if state?.isEmpty == true {
            throw mapping.error(at: "state", "'state' is empty", remedy: "name a directory, or leave the key out")
        }
        let names = self.sources.map(\.name.rawValue)
        if let home, !names.contains(home) {
            let hint = NearMatch.of(home, in: names).map { "did you mean '\($0)'? " } ?? ""
            throw mapping.error(
                at: "home", "'home' names \(QuotedText(home)), which is not a source",
                remedy: hint + "the sources are: " + names.joined(separator: ", ")
            )
        }
    }

    private static func sources(_ mappings: [StrictMapping]) throws(TopologyError) -> [SourceDeclaration] {
        var sources: [SourceDeclaration] = []
        var lines: [SourceName: Int] = [:]
        for mapping in mappings {
            let source = try SourceDeclaration(from: mapping)
            let line = mapping.line(of: "name") ?? source.line
            if let first = lines.updateValue(line, forKey: source.name) {
                throw mapping.error(
                    at: "name", "the name '\(source.name)' is taken by the source on line \(first)",
                    remedy: "give each source a name of its own"
                )
            }
            sources.append(source)
        }
        return sources
    }
}

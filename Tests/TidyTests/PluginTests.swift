import Testing

@Suite("docs/plugins.md") struct PluginTests {
    @Test("has exactly one row for each kind of failure")
    func failures() throws {
        let source = try Project.text("Sources/Registry/Model/SourceFailure.swift")
        let labels = source.matches(of: /case \.\w+: "(\w+)"\n/).map { String($0.1) }
        #expect(labels.count >= 5)
        let rows = try Project.page("docs/plugins.md").tables(of: "kind", "when").flatMap { $0.column("kind") }
        #expect(rows.sorted() == labels.sorted())
    }

    @Test("has exactly one row for each plugin that comes with the binary")
    func plugins() throws {
        let files = try Project.swiftFiles(in: "Sources/Discovery/Plugins").filter { $0.path.hasSuffix("Plugin.swift") }
        let names = files.flatMap { file in
            file.text.matches(of: /static let name = "(\w+)"/).map { String($0.1) }
        }
        #expect(names.count == files.count)
        let rows = try Project.page("docs/plugins.md").tables(of: "plugin:", "reads").flatMap { $0.column("plugin:") }
        #expect(rows.sorted() == names.sorted())
    }
}

import Testing

@Suite("docs/metrics.md") struct MetricTests {
    /// `name type` of every family that the code begins.
    private static func written() throws -> [String] {
        try Project.swiftFiles(in: "Sources/API/Metrics").flatMap { file in
            file.text.matches(of: /\bfamily\(\s*"(\w+)",\s*\.(\w+)/).map { "\($0.1) \($0.2)" }
        }
    }

    @Test("has exactly one row for each family, with its type, and none for a family that is not written")
    func families() throws {
        let written = try MetricTests.written()
        #expect(written.count >= 20)
        let rows = try Project.page("docs/metrics.md").tables(of: "family", "type").flatMap(\.rows)
        #expect(rows.map { "\($0[0]) \($0[1])" }.sorted() == written.sorted())
    }

    @Test("names only labels that the code gives")
    func labels() throws {
        let text = try Project.swiftFiles(in: "Sources/API/Metrics").map(\.text).joined()
        let given = Set(text.matches(of: /\("(\w+)",\s/).map { String($0.1) })
        let page = try Project.page("docs/metrics.md")
        let cells = page.tables(of: "family", "type", "labels").flatMap { table in table.column("labels") }
        let named = cells.flatMap { cell in cell.matches(of: /\w+/).map { String($0.0) } }
        #expect(!named.isEmpty)
        #expect(Set(named).subtracting(given) == [])
    }

    @Test("asks in its examples only for families that there are")
    func examples() throws {
        let names = Set(try MetricTests.written().map { String($0.prefix { $0 != " " }) })
        let examples = try Project.page("docs/metrics.md").blocks.filter { $0.language == "promql" }
        #expect(!examples.isEmpty)
        for match in examples.flatMap({ $0.text.matches(of: /(?:mainstem|service_center|process)_\w+/) }) {
            let name = match.0.replacing(/_(bucket|count|sum)$/, with: "")
            #expect(names.contains(String(match.0)) || names.contains(String(name)))
        }
    }
}

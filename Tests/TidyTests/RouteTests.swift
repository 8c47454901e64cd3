import API
import Testing

@Suite("docs/api.md") struct RouteTests {
    @Test("has exactly one row for each route, and none for a route that does not exist")
    func routes() throws {
        let tables = try Project.page("docs/api.md").tables(of: "method", "path")
        let rows = tables.flatMap(\.rows).map { "\($0[0]) \($0[1])" }
        #expect(rows.sorted() == Routes.all.map { "\($0.method) \($0.path)" }.sorted())
    }

    @Test("has exactly one row for each error, with its status and its text")
    func errors() throws {
        let source = try Project.text("Sources/ServiceCenterWire/ServiceCenterError.swift")
        let codes = source.matches(of: /case (\w+) = (\d{3})_(\d{3})/)
        #expect(!codes.isEmpty)
        let expected = try codes.map { code in
            let pattern = try Regex(#"case \.\#(code.1): "([^"]*)""#, as: (Substring, Substring).self)
            let message = try #require(source.firstMatch(of: pattern)).1
            return "\(code.2)\(code.3) \(code.2) \(message)"
        }
        let rows = try Project.page("docs/api.md").tables(of: "code", "status", "text").flatMap(\.rows)
        #expect(rows.map { "\($0[0]) \($0[1]) \($0[2])" }.sorted() == expected.sorted())
    }
}

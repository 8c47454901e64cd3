import Testing
import Topology

/// A text that must be refused, and what has to be said of it.
struct Faulty: Sendable, CustomTestStringConvertible {
    /// A whole topology file.
    var text: String
    var line: Int?
    var problem: String
    var remedy: String?

    init(_ text: String, line: Int?, _ problem: String, remedy: String? = nil) {
        self.text = text
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }

    var testDescription: String { problem }

    /// Parses the text as `t.yaml` and compares the whole error.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: TopologyError.self, sourceLocation: sourceLocation) {
            try Topology.parse(text, file: "t.yaml")
        }
        let expected = TopologyError(file: "t.yaml", line: line, problem: problem, remedy: remedy)
        #expect(error == expected, sourceLocation: sourceLocation)
    }
}

/// A mapping as a plugin gets it: the settings of the only source, whose keys stand from line 5 on.
func settings(_ lines: String...) throws -> StrictMapping {
    let head = "sources:\n  - name: north\n    plugin: some\n    settings:\n"
    let body = lines.map { "      \($0)\n" }.joined()
    return try #require(try Topology.parse(head + body, file: "t.yaml").sources.first).settings
}

import Testing

@Suite("Files") struct ShapeTests {
    private static let longestLine = 120
    private static let longestFile = 300
    /// Files that are called by what they are for, with the reason.
    private static let namedByTopic = ["BuiltinPlugins": "the list of plugins, where a newcomer looks for it"]

    private static func everything() throws -> [SwiftFile] {
        try Project.swiftFiles(in: "Package.swift", "Sources", "Tests", "Benchmarks")
    }

    @Test("no line of Swift is longer than 120 columns")
    func lines() throws {
        let places = try ShapeTests.everything().flatMap { file in
            file.lines.enumerated().filter { $0.element.count > ShapeTests.longestLine }
                .map { file.place($0.offset, "\($0.element.count) columns") }
        }
        #expect(places == [])
    }

    @Test("no file of Swift has more than 300 lines")
    func files() throws {
        let long = try ShapeTests.everything().filter { $0.lines.count - 1 > ShapeTests.longestFile }
        #expect(long.map { "\($0.path): \($0.lines.count - 1) lines" } == [])
    }

    @Test("a source file bears the name of a type in it, or of one that it extends")
    func names() throws {
        let strangers = try Project.swiftFiles(in: "Sources").filter { file in
            guard ShapeTests.namedByTopic[file.typeName] == nil else { return false }
            let pattern = #"\b(struct|class|enum|actor|protocol|typealias|extension) (\w+\.)*\#(file.typeName)\b"#
            return !file.text.contains(try Regex(pattern))
        }
        #expect(strangers.map(\.path) == [])
    }
}

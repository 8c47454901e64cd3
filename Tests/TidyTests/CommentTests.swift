import Testing

/// What others may use says what it is. Properties, initialisers and operators may speak for themselves; so may a
/// function that neither fails nor waits; and what a protocol asks for is described there.
@Suite("Comments") struct CommentTests {
    private static var type: Regex<Substring> {
        /^(?:package|public) (?:\w+ )*(?:struct|class|enum|actor|protocol|typealias) \w+/
    }
    private static var function: Regex<(Substring, Substring)> { /^\s*(?:package|public) (?:\w+ )*func (\w+)/ }
    /// Asked for by protocols of packages that we use.
    private static let requiredElsewhere: Set<String> = ["run"]

    @Test("every type that others may use has a comment")
    func types() throws {
        let places = try Project.swiftFiles(in: "Sources").flatMap { file in
            CommentTests.bare(file, file.lines.indices.filter { file.lines[$0].contains(CommentTests.type) })
        }
        #expect(places == [])
    }

    @Test("every function that others may use, and that fails or waits, has a comment")
    func functions() throws {
        let files = try Project.swiftFiles(in: "Sources")
        let required = CommentTests.requiredElsewhere.union(files.flatMap(CommentTests.requirements))
        #expect(required.contains("makeSource"))
        let places = files.flatMap { file in
            let lines = file.lines
            let meant = lines.indices.filter { index in
                guard let name = lines[index].firstMatch(of: CommentTests.function)?.1,
                    !required.contains(String(name))
                else { return false }
                let end = lines[index...].firstIndex { $0.contains("{") } ?? index
                return lines[index...end].contains { $0.contains(/\b(async|throws)\b/) }
            }
            return CommentTests.bare(file, meant)
        }
        #expect(places == [])
    }

    @Test("everything that a protocol asks for has a comment")
    func protocols() throws {
        let places = try Project.swiftFiles(in: "Sources").flatMap { file in
            CommentTests.bare(file, CommentTests.requirementLines(file.lines))
        }
        #expect(places == [])
    }

    /// The declarations, given by their lines, that have no comment.
    private static func bare(_ file: SwiftFile, _ declarations: [Int]) -> [String] {
        declarations.filter { index in
            let above = file.lines[..<index].last { !$0.contains(/^\s*@/) }
            return !(above?.contains(/^\s*\/\/\//) ?? false)
        }.map { file.place($0, file.lines[$0]) }
    }

    /// The lines on which the requirements of package protocols begin.
    private static func requirementLines(_ lines: [Substring]) -> [Int] {
        var isInside = false
        return lines.indices.filter { index in
            if lines[index].contains(/^(package|public) protocol\b/) { isInside = true }
            if lines[index].hasPrefix("}") { isInside = false }
            return isInside && lines[index].contains(/^    (mutating )?(func|var|init|static)\b/)
        }
    }

    /// The names of the functions that package protocols ask for.
    private static func requirements(_ file: SwiftFile) -> [String] {
        let lines = file.lines
        return requirementLines(lines).compactMap { lines[$0].firstMatch(of: /func (\w+)/).map { String($0.1) } }
    }
}

import Foundation

/// The project's own files, which the house rules are about.
enum Project {
    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The text of a file, by its path below the root.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    /// The paths of all files below some folders, or of these files themselves, that end in `suffix`, in order.
    static func paths(in places: [String], ending suffix: String) -> [String] {
        var paths: [String] = []
        for place in places {
            let below = FileManager.default.enumerator(atPath: root.appending(path: place).path())
            let names = (below?.allObjects as? [String] ?? []).map { "\(place)/\($0)" }
            paths += (names.isEmpty && exists(place) ? [place] : names).filter { $0.hasSuffix(suffix) }
        }
        return paths.sorted()
    }

    /// Every Swift file, read once.
    private static let swiftFiles = Result {
        try paths(in: ["Package.swift", "Sources", "Tests", "Benchmarks"], ending: ".swift").map {
            SwiftFile(path: $0, text: try text($0))
        }
    }

    /// The Swift files below some folders, or these very files.
    static func swiftFiles(in places: String...) throws -> [SwiftFile] {
        try swiftFiles.get().filter { file in
            places.contains { file.path == $0 || file.path.hasPrefix("\($0)/") }
        }
    }

    /// The pages for people: every Markdown file that belongs to the project.
    static func pages() throws -> [Page] {
        let places = ["README.md", "docs", "topology", "Benchmarks", "Sources", "Tests"]
        return try paths(in: places, ending: ".md").map { Page(path: $0, text: try text($0)) }
    }

    /// One page, by its path.
    static func page(_ path: String) throws -> Page { Page(path: path, text: try text(path)) }
}

/// A Swift file of the project.
struct SwiftFile: Sendable {
    /// Below the project's root.
    let path: String
    let text: String
    let lines: [Substring]
    /// The lines as the compiler sees them: comments and the contents of string literals are blank.
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        codeLines = SwiftCode.of(text).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The file's name without `.swift` and without the topic behind a `+`.
    var typeName: String {
        let name = path.split(separator: "/").last.map { $0.dropLast(".swift".count) } ?? ""
        return String(name.split(separator: "+").first ?? "")
    }

    /// The folder below `Sources`, or the first folder: the target that the file belongs to.
    var target: String {
        let folders = path.split(separator: "/")
        return String(folders[0] == "Sources" ? folders[1] : folders[0])
    }

    /// Where a line of the code, or with its comments and strings, has what the pattern asks, as `path:line: text`.
    func places(of pattern: Regex<Substring>, everywhere: Bool = false) -> [String] {
        // By Unicode's rules `a.b` is one word.
        let pattern = pattern.wordBoundaryKind(.simple)
        return (everywhere ? lines : codeLines).enumerated().filter { $0.element.contains(pattern) }
            .map { place($0.offset, lines[$0.offset]) }
    }

    /// A place in the file, the line counted from 0, as an editor finds it.
    func place(_ line: Int, _ what: some StringProtocol) -> String {
        "\(path):\(line + 1): \(what.trimmingCharacters(in: .whitespaces))"
    }
}

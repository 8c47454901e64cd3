/// A YAML mapping being read strictly: the topology file itself, each part of it, and each plugin's `settings`.
///
/// A reader asks for each key that it knows, then calls `finish()`: a key that nobody asked for is an error. Errors
/// carry the file and, where the value came from a file, the line.
package struct StrictMapping: Sendable {
    /// Named in every error: a topology file, or the command line option that stands for one.
    package let file: String
    /// Where the mapping begins, counted from 1; nil for one that came from the command line.
    package let line: Int?
    /// The keys that lead here, joined by dots (`server.limits`); empty for the root of a file.
    package let path: String
    var entries: [StrictEntry]
    private(set) var known: [String] = []

    init(file: String, line: Int?, path: String, entries: [StrictEntry]) {
        self.file = file
        self.line = line
        self.path = path
        self.entries = entries
    }

    /// A mapping written in code, as if it stood in `file`; without values, an empty one.
    package init(file: String, line: Int?, path: String = "", values: [(String, Value)] = []) {
        self.init(
            file: file, line: line, path: path,
            entries: values.map { StrictEntry(key: $0.0, line: line, value: $0.1.node(line: line)) }
        )
    }

    /// Where `key` stands, counted from 1; nil when it is not there or came from the command line.
    package func line(of key: String) -> Int? { entry(key)?.line }

    /// Sets `key` to an unquoted scalar, in place of what the file says. Errors about it name `origin` and no line.
    package mutating func override(_ key: String, with value: String, origin: String = "command line") {
        let node = StrictNode(line: nil, content: .plain(value))
        let entry = StrictEntry(key: key, line: nil, origin: origin, value: node)
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    /// Throws for the first key that was never asked for, naming those that were.
    package func finish() throws(TopologyError) {
        guard let stranger = entries.first(where: { !known.contains($0.key) }) else { return }
        let list = known.isEmpty ? "no key is known here" : "known keys: " + known.joined(separator: ", ")
        let hint = NearMatch.of(stranger.key, in: known).map { "did you mean '\($0)'? " } ?? ""
        let place = path.isEmpty ? "" : " in '\(path)'"
        throw error(at: stranger.key, "unknown key\(shown(stranger: stranger))\(place)", remedy: hint + list)
    }

    func entry(_ key: String) -> StrictEntry? { entries.first { $0.key == key } }

    /// The entry of `key`, which is known from now on. Throws when the key stands there without a value.
    mutating func take(_ key: String) throws(TopologyError) -> StrictEntry? {
        if !known.contains(key) { known.append(key) }
        guard let entry = entry(key) else { return nil }
        if case .empty = entry.value.content {
            throw error(at: key, "'\(key)' has no value", remedy: "give it one, or remove the key")
        }
        return entry
    }
}

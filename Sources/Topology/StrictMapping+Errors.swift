extension StrictMapping {
    /// An error about `key`, or about the whole mapping when it is nil, for a reader's own checks.
    package func error(at key: String?, _ problem: String, remedy: String? = nil) -> TopologyError {
        guard let key, let entry = entry(key) else {
            return TopologyError(file: file, line: line, problem: problem, remedy: remedy)
        }
        return TopologyError(file: entry.origin ?? file, line: entry.line, problem: problem, remedy: remedy)
    }

    /// An error about one item, counted from 0, of the list at `key`: it has the item's own line.
    package func error(at key: String, item: Int, _ problem: String, remedy: String? = nil) -> TopologyError {
        var error = error(at: key, problem, remedy: remedy)
        if case .list(let items)? = entry(key)?.value.content, items.indices.contains(item) {
            error.line = items[item].line ?? error.line
        }
        return error
    }

    /// The error for a key that has to be there. Points at a key of nearly that name when there is one.
    func missing(_ key: String) -> TopologyError {
        let place = path.isEmpty ? "" : " in '\(path)'"
        let strangers = entries.map(\.key).filter { !known.contains($0) }
        guard let near = NearMatch.of(key, in: strangers) else {
            return error(at: nil, "'\(key)' is missing\(place)", remedy: "add it: it has no default")
        }
        return error(at: near, "'\(key)' is missing\(place)", remedy: "rename '\(near)' to '\(key)'")
    }

    /// The error for a value that is not of the kind that `key` asks for.
    func mismatch(_ key: String, expected: String, found: String, remedy: String? = nil) -> TopologyError {
        error(at: key, "\(QuotedText(key)) must be \(expected), not \(found)", remedy: remedy)
    }

    /// Whether a secret may stand at `key`, so that no error repeats what does.
    package func mayHoldSecret(at key: String) -> Bool { SecretPlace.isLikely(path, key) }

    /// The value at `key`, or of an item there, as an error shows it.
    func shown(_ node: StrictNode, at key: String) -> String {
        mayHoldSecret(at: key) ? node.kind : node.shown
    }

    /// A key that nobody knows, as an error shows it. One without a value, or where a secret may stand, may be one
    /// itself, or a piece of one that has a comma in it: it is shown if it looks like a key.
    func shown(stranger entry: StrictEntry) -> String {
        let key = entry.key
        let isWord = key.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "=") }
        let hasValue = if case .empty = entry.value.content { false } else { true }
        let isKey = hasValue && (SecretPlace.isLikely(key) || !SecretPlace.isLikely(path))
        return isWord && isKey || NearMatch.of(key, in: known) != nil ? " \(QuotedText(key))" : ""
    }
}

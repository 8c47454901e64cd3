import Yams

/// Reads one YAML document into plain values, refusing what a declaration does not need.
///
/// Anchors, aliases, tags, keys that are not text, and a second document are errors: what a topology file says is to be
/// read off the line where it stands.
struct YAMLReader {
    /// Named in every error.
    let file: String

    /// The root of the only document in `text`. Costs time in proportion to its length.
    func read(_ text: String) throws(TopologyError) -> StrictNode {
        // The parser would count a byte order mark as indentation of the first line.
        let hasMark = text.unicodeScalars.first == "\u{FEFF}"
        return try document(hasMark ? String(text.unicodeScalars.dropFirst()) : text)
    }

    private func document(_ text: String) throws(TopologyError) -> StrictNode {
        let parser: Parser
        let root: Node?
        do {
            parser = try Parser(yaml: text, encoding: .utf8)
            root = try parser.singleRoot()
        } catch {
            throw YAMLFault(file: file, text: text).translated(error)
        }
        // A node holds its anchor weakly and the parser owns it.
        defer { withExtendedLifetime(parser) {} }
        guard let root else { return StrictNode(line: 1, content: .empty) }
        return try node(root)
    }

    private func node(_ node: Node) throws(TopologyError) -> StrictNode {
        let line = node.mark?.line
        try refuseAnchor(of: node)
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            try refuse(scalar.tag, except: isPlain ? .implicit : .str, line: line)
            return StrictNode(line: line, content: isPlain ? Self.plain(scalar.string) : .quoted(scalar.string))
        case .mapping(let mapping):
            try refuse(mapping.tag, except: .implicit, line: line)
            return StrictNode(line: line, content: .mapping(try entries(of: mapping)))
        case .sequence(let sequence):
            try refuse(sequence.tag, except: .implicit, line: line)
            var items: [StrictNode] = []
            for item in sequence { items.append(try self.node(item)) }
            return StrictNode(line: line, content: .list(items))
        case .alias:
            throw TopologyError(file: file, line: line, problem: "an alias is not supported")
        }
    }

    private static func plain(_ text: String) -> StrictNode.Content {
        ["", "~", "null", "Null", "NULL"].contains(text) ? .empty : .plain(text)
    }

    /// Everything behind an alias has an anchor, so that no alias is left.
    private func refuseAnchor(of node: Node) throws(TopologyError) {
        guard node.anchor != nil else { return }
        throw TopologyError(
            file: file, line: node.mark?.line, problem: "an anchor ('&') is not supported",
            remedy: "write the value out at each place where it is used"
        )
    }

    private func refuse(_ tag: Tag, except expected: Tag.Name, line: Int?) throws(TopologyError) {
        guard tag.rawValue != expected.rawValue else { return }
        throw TopologyError(
            file: file, line: line, problem: "a tag ('!') is not supported",
            remedy: "write the value without a tag"
        )
    }

    private func entries(of mapping: Node.Mapping) throws(TopologyError) -> [StrictEntry] {
        var entries: [StrictEntry] = []
        var lines: [String: Int?] = [:]
        for (key, value) in mapping {
            let line = key.mark?.line
            try refuseAnchor(of: key)
            guard let name = key.scalar?.string else {
                throw TopologyError(file: file, line: line, problem: "a key must be a word")
            }
            // Two keys that differ only in their quotes are different ones to Yams.
            if let first = lines.updateValue(line, forKey: name) {
                throw TopologyError(
                    file: file, line: line, problem: YAMLFault.duplicate(name),
                    remedy: first.map { "the first one is on line \($0): remove one of the two" }
                )
            }
            entries.append(StrictEntry(key: name, line: line, value: try node(value)))
        }
        return entries
    }
}

extension StrictMapping {
    /// Lines of text, at least one. Throws when the list is missing, empty or anything else.
    package mutating func requiredStrings(_ key: String) throws(TopologyError) -> [String] {
        guard let items = try optionalStrings(key) else { throw missing(key) }
        guard !items.isEmpty else { throw emptyList(key) }
        return items
    }

    /// Lines of text, none if the operator wrote `[]`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalStrings(_ key: String) throws(TopologyError) -> [String]? {
        guard let items = try list(key, of: "texts") else { return nil }
        let form = ScalarForm<String>.text
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            guard let text = form.value(of: item) else {
                throw error(
                    at: key, item: index, "each item of '\(key)' must be \(form.expected), not \(shown(item, at: key))")
            }
            texts.append(text)
        }
        return texts
    }

    /// A mapping of texts to texts, in the operator's order, at least one; any of them may be `""`. Nil when the key is
    /// not there. Throws when it is anything else.
    package mutating func optionalTexts(
        _ key: String
    ) throws(TopologyError) -> [(key: String, value: String)]? {
        try values(key, .textOrNothing)
    }

    /// A mapping of names to words out of a few, in the operator's order, at least one. Nil when the key is not there.
    /// Throws when it is anything else.
    package mutating func optionalWords<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(TopologyError) -> [(key: String, value: Word)]? {
        try values(key, .word)
    }

    private mutating func values<Value>(
        _ key: String, _ form: ScalarForm<Value>
    ) throws(TopologyError) -> [(key: String, value: Value)]? {
        guard let mapping = try optionalMapping(key) else { return nil }
        guard !mapping.entries.isEmpty else {
            throw error(at: key, "'\(key)' is an empty mapping", remedy: "give it at least one entry")
        }
        var values: [(key: String, value: Value)] = []
        for entry in mapping.entries {
            guard let value = form.value(of: entry.value) else {
                let found = mapping.shown(entry.value, at: entry.key)
                throw mapping.mismatch(entry.key, expected: form.expected, found: found)
            }
            values.append((entry.key, value))
        }
        return values
    }

    /// A mapping below this one. Throws when it is missing or anything else.
    package mutating func requiredMapping(_ key: String) throws(TopologyError) -> StrictMapping {
        guard let mapping = try optionalMapping(key) else { throw missing(key) }
        return mapping
    }

    /// A mapping below this one; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalMapping(_ key: String) throws(TopologyError) -> StrictMapping? {
        guard let entry = try take(key) else { return nil }
        guard case .mapping(let entries) = entry.value.content else {
            throw mismatch(key, expected: "a mapping", found: entry.value.kind)
        }
        return nested(key, line: entry.line, entries)
    }

    /// Mappings, at least one. Throws when the list is missing, empty or anything else.
    package mutating func requiredMappings(_ key: String) throws(TopologyError) -> [StrictMapping] {
        guard let mappings = try optionalMappings(key) else { throw missing(key) }
        guard !mappings.isEmpty else { throw emptyList(key) }
        return mappings
    }

    /// Mappings, none if the operator wrote `[]`; nil when the key is not there. Throws when it is anything else.
    package mutating func optionalMappings(_ key: String) throws(TopologyError) -> [StrictMapping]? {
        guard let items = try list(key, of: "mappings") else { return nil }
        var mappings: [StrictMapping] = []
        for (index, item) in items.enumerated() {
            guard case .mapping(let entries) = item.content else {
                throw error(at: key, item: index, "each item of '\(key)' must be a mapping, not \(item.kind)")
            }
            mappings.append(nested(key, line: item.line, entries))
        }
        return mappings
    }

    private mutating func list(_ key: String, of kind: String) throws(TopologyError) -> [StrictNode]? {
        guard let node = try take(key)?.value else { return nil }
        guard case .list(let items) = node.content else {
            throw mismatch(key, expected: "a list of \(kind)", found: node.kind)
        }
        return items
    }

    private func nested(_ key: String, line: Int?, _ entries: [StrictEntry]) -> StrictMapping {
        StrictMapping(file: file, line: line, path: path.isEmpty ? key : "\(path).\(key)", entries: entries)
    }

    private func emptyList(_ key: String) -> TopologyError {
        error(at: key, "'\(key)' is an empty list", remedy: "give it at least one item")
    }
}

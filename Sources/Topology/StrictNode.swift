/// One value of a YAML document, with nothing left of YAML that a topology has no use for.
struct StrictNode: Sendable {
    /// What the operator wrote at one place.
    indirect enum Content: Sendable {
        /// Nothing, `~` or `null`.
        case empty
        /// Unquoted text: a word, a number, a duration.
        case plain(String)
        /// Text in quotes or in a block, which is never a number or a boolean.
        case quoted(String)
        case list([StrictNode])
        case mapping([StrictEntry])
    }

    /// Counted from 1; nil for a value that came from the command line.
    var line: Int?
    var content: Content

    /// The value as an error shows it where a scalar has to be: a scalar in its own words, anything else by its kind.
    var shown: String {
        switch content {
        case .plain(let text): "\(QuotedText(text))"
        case .quoted(let text): "the quoted text \(QuotedText(text))"
        case .empty, .list, .mapping: kind
        }
    }

    /// What the value is, and not a word of it.
    var kind: String {
        switch content {
        case .empty: "nothing"
        case .plain, .quoted: "text"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping and what stands behind it.
struct StrictEntry: Sendable {
    var key: String
    /// The key's own line; nil for a value that came from the command line.
    var line: Int?
    /// Where the value comes from instead of the mapping's file; nil for the mapping's file.
    var origin: String?
    var value: StrictNode
}

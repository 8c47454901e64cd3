/// A pattern for names: `*` stands for any number of characters, `?` for one, everything else for itself.
package struct Glob: Sendable, Equatable, CustomStringConvertible {
    /// As the operator wrote it.
    package let description: String
    private let isExact: Bool

    package init(_ text: String) {
        description = text
        isExact = !text.unicodeScalars.contains { $0 == "*" || $0 == "?" }
    }

    /// Whether the whole of a name fits.
    package func matches(_ name: String) -> Bool {
        guard !isExact else { return name == description }
        let (pattern, text) = (description.unicodeScalars, name.unicodeScalars)
        var (here, there) = (pattern.startIndex, text.startIndex)
        // Where the last `*` stands, and up to where it reaches so far.
        var star: (behind: String.Index, upTo: String.Index)?
        while there < text.endIndex {
            if here < pattern.endIndex, pattern[here] == "*" {
                here = pattern.index(after: here)
                star = (here, there)
            } else if here < pattern.endIndex, pattern[here] == "?" || pattern[here] == text[there] {
                here = pattern.index(after: here)
                there = text.index(after: there)
            } else if let last = star {
                there = text.index(after: last.upTo)
                here = last.behind
                star = (here, there)
            } else {
                return false
            }
        }
        return pattern[here...].allSatisfy { $0 == "*" }
    }
}

/// What an operator wrote, as an error repeats it: in quotes, on one line, short, and without what may be a secret.
///
/// Whoever repeats a text of a topology or a command line does it by this type. In place of a URL's user and password,
/// of what follows its host and port, and of what stands for a port and is no number, it has an ellipsis.
package struct QuotedText: CustomStringConvertible {
    private static let maxLength = 60

    /// The text in single quotes.
    package let description: String

    package init(_ text: some StringProtocol) {
        description = "'\(Self.shortened(Self.plain(text)))'"
    }

    /// The text without what may be a secret, whole.
    package static func plain(_ text: some StringProtocol) -> String {
        var shown = String(text)
        if let at = shown.lastIndex(of: "@") {
            let start = shown[..<at].firstRange(of: "://")?.upperBound ?? shown.startIndex
            shown.replaceSubrange(start..<at, with: "…")
        }
        let authority = shown.firstRange(of: "://")?.upperBound
        if let authority, let end = shown[authority...].firstIndex(where: { "/?#".contains($0) }) {
            let tail = shown.index(after: end)
            if tail < shown.endIndex { shown.replaceSubrange(tail..., with: "…") }
        }
        let end = authority.flatMap { shown[$0...].firstIndex { "/?#".contains($0) } } ?? shown.endIndex
        if let colon = shown[(authority ?? shown.startIndex)..<end].lastIndex(of: ":") {
            let port = shown.index(after: colon)..<end
            let isHarmless = shown[port].allSatisfy(\.isNumber) || shown[port].hasSuffix("]")
            if !isHarmless { shown.replaceSubrange(port, with: "…") }
        }
        return shown
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > maxLength || line.count < text.count ? "\(line.prefix(maxLength))…" : line
    }
}

/// A password or a token. Shows itself to nobody: neither a description nor a dump of what holds it has its text.
package struct Secret: Sendable, Equatable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text, for the one place that sends it.
    func reveal() -> String { text }

    /// A foreign text without this one, should it stand there.
    func redacted(in other: String) -> String { other.replacing(text, with: description) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension Secret {
    /// The one line that a file of a secret has; blanks and line breaks around it are no part of it. Nil when there is
    /// none, more than one, or a control character in it.
    init?(fileContent bytes: [UInt8]) {
        guard let content = String(validating: bytes, as: UTF8.self) else { return nil }
        let head = content.drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        let line = head[...last]
        guard line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else { return nil }
        self.init(String(line))
    }
}

/// The name of a source in the topology file, and everywhere else: in dumps, on instances, as the `source` label.
package struct SourceName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// 1–64 of `A-Z a-z 0-9 . _ -`, of which the first is a letter or a digit.
    package let rawValue: String

    /// Completes "a source's name is …".
    package static let rule = "1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or a digit"

    /// Nil when `rawValue` breaks the rule.
    package init?(rawValue: String) {
        let letters = rawValue.utf8
        guard letters.count <= 64, let first = letters.first, Self.isAlphanumeric(first) else { return nil }
        guard letters.allSatisfy({ Self.isAlphanumeric($0) || ".-_".utf8.contains($0) }) else { return nil }
        self.rawValue = rawValue
    }

    /// The name itself.
    package var description: String { rawValue }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

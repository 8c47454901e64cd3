/// What strings stand for.
extension JSONReader {
    /// Whether a text equals a name that needs no escapes; nothing is built.
    package func equals(_ text: Text, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard text.range.count == count, !text.hasEscapes else { return false }
        for index in 0..<count where bytes[text.range.lowerBound + index] != name.utf8Start[index] { return false }
        return true
    }

    /// Whether a text stands for a string; nothing is built unless it has escapes.
    package func isEqual(_ text: Text, to other: String) -> Bool {
        text.hasEscapes ? string(text) == other : other.utf8.elementsEqual(bytes[text.range])
    }

    /// The string that a text stands for; a lone surrogate becomes U+FFFD, as in Go.
    package func string(_ text: Text) -> String {
        let raw = UnsafeBufferPointer(rebasing: bytes[text.range])
        guard text.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
        var scalars = String.UnicodeScalarView()
        var plain = text.range.lowerBound
        var index = plain
        func flush(_ end: Int) {
            guard end > plain else { return }
            let part = UnsafeBufferPointer(rebasing: bytes[plain..<end])
            scalars.append(contentsOf: String(decoding: part, as: UTF8.self).unicodeScalars)
        }
        while index < text.range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            flush(index)
            scalars.append(unescape(&index))
            plain = index
        }
        flush(index)
        return String(scalars)
    }

    /// Resolves the escape at `index` and steps behind it.
    private func unescape(_ index: inout Int) -> UnicodeScalar {
        let kind = bytes[index + 1]
        index += 2
        switch kind {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return UnicodeScalar(kind)
        }
        let first = hexadecimal(at: index) ?? 0xFFFD
        index += 4
        guard (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u"), let second = hexadecimal(at: index + 2),
            (0xDC00..<0xE000).contains(second)
        else { return UnicodeScalar(first) ?? "\u{FFFD}" }
        index += 6
        return UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }
}

/// What stands behind a request's method, taken apart once: the path's segments and the query's pairs, percent-decoded.
package struct RequestTarget: Sendable {
    /// The parts of the path between its slashes, empty ones left out.
    package let segments: [String]
    /// In the order in which they were sent.
    package let query: [(name: String, value: String)]

    /// Takes `/path?query` apart; an absolute form's scheme and host are passed over.
    /// Rule: RFC 9112, section 3.2.2.
    package init(_ text: String) {
        var text = text
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            let authority = text.utf8.dropFirst(text.hasPrefix("https") ? 8 : 7)
            let path = authority.firstIndex(of: UInt8(ascii: "/")) ?? authority.endIndex
            text = String(text[path...])
        }
        (segments, query) = text.withUTF8 { utf8 in
            let mark = utf8.firstIndex(of: UInt8(ascii: "?")) ?? utf8.endIndex
            let path = utf8[..<mark].split(separator: UInt8(ascii: "/")).map { RequestTarget.decode($0) }
            guard mark < utf8.endIndex else { return (path, []) }
            let pairs = utf8[(mark + 1)...].split(separator: UInt8(ascii: "&")).map { RequestTarget.pair($0) }
            return (path, pairs)
        }
    }

    private static func pair(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (name: String, value: String) {
        let mark = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.endIndex
        let value = mark < bytes.endIndex ? decode(bytes[(mark + 1)...], plusIsSpace: true) : ""
        return (decode(bytes[..<mark], plusIsSpace: true), value)
    }

    /// The text that is meant; a `%` that begins no escape stands for itself.
    private static func decode(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, plusIsSpace: Bool = false) -> String {
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Reads JSON by pulling one token after the other: nothing is built that the caller does not ask for, and everything
/// that is passed over is validated (structure, UTF-8, escapes, depth), so that bytes which were read to their end may
/// be spliced into an answer.
///
/// The bytes must outlive the reader: use `JSONReader.read(_:_:)`.
package struct JSONReader {
    /// A string as it stands in the text: without its quotes, its escapes not yet resolved.
    package struct Text {
        package let range: Range<Int>
        package let hasEscapes: Bool
    }

    package enum Kind { case object, array, string, number, bool, null }

    package let bytes: UnsafeBufferPointer<UInt8>
    /// The next byte to be read.
    package var offset = 0
    private var depth = 0
    private let maxDepth: Int
    private var justOpened = false

    package init(_ bytes: UnsafeBufferPointer<UInt8>, maxDepth: Int = 64) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    /// Reads one whole JSON text: nothing but white space may follow what `body` reads.
    package static func read<Result>(
        _ bytes: [UInt8], maxDepth: Int = 64, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Swift.Result<Result, JSONError> in
            var reader = JSONReader(buffer, maxDepth: maxDepth)
            do throws(JSONError) {
                let result = try body(&reader)
                try reader.finish()
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Fails when anything but white space is left.
    package mutating func finish() throws(JSONError) {
        skipSpace()
        guard offset == bytes.count else { throw error("unexpected text after the value") }
    }

    /// What the next value is, without reading it.
    package mutating func peek() throws(JSONError) -> Kind {
        skipSpace()
        guard offset < bytes.count else { throw error("unexpected end") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw error("unexpected character")
        }
    }

    package mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{"), "an object") }
    package mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "["), "an array") }

    /// The next member's key, its value then to be read; nil at the end of the object.
    package mutating func nextKey() throws(JSONError) -> Text? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        let key = try text()
        skipSpace()
        try expect(UInt8(ascii: ":"), "a colon")
        return key
    }

    /// Whether another element follows, then to be read; false at the end of the array.
    package mutating func nextElement() throws(JSONError) -> Bool { try advance(to: UInt8(ascii: "]")) }

    /// A string's place in the text.
    package mutating func text() throws(JSONError) -> Text {
        skipSpace()
        try expect(UInt8(ascii: "\""), "a string")
        let start = offset
        var hasEscapes = false
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return Text(range: start..<offset - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0x00...0x1F: throw error("control character in a string")
            case 0x80...: try skipMultibyte()
            default: offset += 1
            }
        }
        throw error("unexpected end in a string")
    }

    package mutating func string() throws(JSONError) -> String {
        let text = try text()
        return string(text)
    }

    /// A whole number; a fraction or an exponent is an error.
    package mutating func integer() throws(JSONError) -> Int64 {
        skipSpace()
        let start = offset
        try skipNumber()
        var value: Int64 = 0
        let isNegative = bytes[start] == UInt8(ascii: "-")
        for index in (isNegative ? start + 1 : start)..<offset {
            guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else {
                throw JSONError("expected a whole number", at: start)
            }
            let digit = Int64(bytes[index] - UInt8(ascii: "0"))
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(digit)
            guard !overflow, !carry else { throw JSONError("number out of range", at: start) }
            value = sum
        }
        guard isNegative || value != Int64.min else { throw JSONError("number out of range", at: start) }
        return isNegative ? value : -value
    }

    package mutating func bool() throws(JSONError) -> Bool {
        skipSpace()
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    /// Whether the next value is null, which is then read.
    package mutating func null() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try literal("null")
        return true
    }

    /// Passes over one value of any kind, validating it; tells where it stands.
    @discardableResult
    package mutating func skip() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = offset
        switch kind {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skip() }
        case .array:
            try beginArray()
            while try nextElement() { try skip() }
        case .string: _ = try text()
        case .number: try skipNumber()
        case .bool: _ = try bool()
        case .null: try literal("null")
        }
        return start..<offset
    }

    package func error(_ problem: String) -> JSONError { JSONError(problem, at: offset) }
}

extension JSONReader {
    fileprivate mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    fileprivate mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        guard offset < bytes.count, bytes[offset] == byte else { throw error("expected \(name)") }
        offset += 1
    }

    fileprivate mutating func open(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        skipSpace()
        try expect(byte, name)
        depth += 1
        guard depth <= maxDepth else { throw error("nested deeper than \(maxDepth)") }
        justOpened = true
    }

    /// Steps to the next member or element; false when the container ends here.
    fileprivate mutating func advance(to close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard offset < bytes.count else { throw error("unexpected end") }
        if bytes[offset] == close {
            offset += 1
            depth -= 1
            justOpened = false
            return false
        }
        if justOpened {
            justOpened = false
        } else {
            try expect(UInt8(ascii: ","), "a comma")
        }
        return true
    }

    fileprivate mutating func literal(_ text: StaticString) throws(JSONError) {
        skipSpace()
        let count = text.utf8CodeUnitCount
        guard offset + count <= bytes.count else { throw error("expected \(text)") }
        for index in 0..<count where bytes[offset + index] != text.utf8Start[index] {
            throw error("expected \(text)")
        }
        offset += count
    }

    /// Rule: RFC 8259, section 6.
    fileprivate mutating func skipNumber() throws(JSONError) {
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let start = offset
        try skipDigits()
        if bytes[start] == UInt8(ascii: "0"), offset > start + 1 { throw error("number with a leading zero") }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try skipDigits()
        }
        guard offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") else { return }
        offset += 1
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
            offset += 1
        }
        try skipDigits()
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] >= UInt8(ascii: "0"), bytes[offset] <= UInt8(ascii: "9") {
            offset += 1
        }
        guard offset > start else { throw error("expected a digit") }
    }

    fileprivate mutating func skipEscape() throws(JSONError) {
        guard offset + 1 < bytes.count else { throw error("unexpected end in a string") }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 2
        case UInt8(ascii: "u"):
            guard hexadecimal(at: offset + 2) != nil else { throw error("bad \\u escape") }
            offset += 6
        default: throw error("bad escape")
        }
    }

    /// Rule: RFC 3629, the table of well-formed UTF-8.
    fileprivate mutating func skipMultibyte() throws(JSONError) {
        let lead = bytes[offset]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("bad UTF-8")
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { throw error("bad UTF-8") }
        for index in 2..<max(2, length) where bytes[offset + index] & 0xC0 != 0x80 { throw error("bad UTF-8") }
        offset += length
    }

    fileprivate func hexadecimal(at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

extension JSONReader {
    /// Whether a text equals a name that needs no escapes; nothing is built.
    package func equals(_ text: Text, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard text.range.count == count, !text.hasEscapes else { return false }
        for index in 0..<count where bytes[text.range.lowerBound + index] != name.utf8Start[index] { return false }
        return true
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

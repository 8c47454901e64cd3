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
    /// How many containers are open here, and how many may be.
    var depth = 0
    let maxDepth: Int
    /// Whether the last token opened a container: then no comma stands before the next member.
    var justOpened = false

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

    /// Steps into an object: its members are read by `nextKey`.
    package mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{"), "an object") }
    /// Steps into an array: its elements are announced by `nextElement`.
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

    /// A string, its escapes resolved.
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

    /// `true` or `false`.
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

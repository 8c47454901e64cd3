/// Writes compact JSON into one buffer: members in the order of the calls, commas by itself, values that are JSON
/// already copied as they are.
package struct JSONWriter {
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(reserving count: Int = 256) {
        bytes = []
        bytes.reserveCapacity(count)
    }

    /// Gives the bytes away and starts anew with an empty buffer, in the middle of a text if need be.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The next member's key: plain ASCII without characters to escape.
    package mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// The next member's key, any text.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        comma()
        appendQuoted(text)
        needsComma = true
    }

    package mutating func integer(_ value: some BinaryInteger) {
        comma()
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    /// A number with at most three decimals.
    package mutating func decimal(_ value: Double) {
        comma()
        let thousandths = (value * 1_000).rounded() / 1_000
        bytes.append(contentsOf: (thousandths.isFinite ? "\(thousandths)" : "null").utf8)
        needsComma = true
    }

    package mutating func bool(_ value: Bool) {
        comma()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// A value that is JSON already.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Goes on with the value that was written last: some more of its bytes.
    package mutating func append(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    /// Goes on with a string that was begun by `raw` or `append`: some more of its text, escaped where it must be.
    package mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { utf8 in
            guard utf8.contains(where: JSONWriter.mustEscape) else {
                bytes.append(contentsOf: utf8)
                return
            }
            for byte in utf8 { appendEscaped(byte) }
        }
    }

    /// Goes on with an object whose last member was written by `append`.
    package mutating func continueObject() { needsComma = true }

    package mutating func strings(_ values: some Sequence<String>) {
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    package mutating func integers(_ values: [Int]) {
        beginArray()
        for value in values { integer(value) }
        endArray()
    }

    /// A member with a text value; left out when the text is empty, as Go's `omitempty` does.
    package mutating func member(_ name: StaticString, ifPresent text: String) {
        guard !text.isEmpty else { return }
        member(name, text)
    }

    package mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    package mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    /// A member whose value is an object of texts, sorted by key; left out when it is empty.
    package mutating func member(_ name: StaticString, ifPresent map: [String: String]) {
        guard !map.isEmpty else { return }
        key(name)
        self.map(map)
    }

    /// An object of texts, sorted by key.
    package mutating func map(_ map: [String: String]) {
        beginObject()
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            self.key(key)
            string(value)
        }
        endObject()
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ byte: UInt8) {
        comma()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        append(escaping: text)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        guard JSONWriter.mustEscape(byte) else { return bytes.append(byte) }
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        default:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        }
    }
}

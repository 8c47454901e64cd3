/// Walks over JSON by its structure alone, in a buffer that may end anywhere: where it ends too early, a step tells so
/// (nil or false) and is made again when more bytes have come.
struct StructureCursor {
    struct Members {
        var key = 0..<0
        var revision: Int64 = 0
        var cluster = 0..<0
        var via = 0..<0
        var value = 0..<0
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let base: Int
    private var offset = 0
    /// Up to where whole steps were made.
    private(set) var committed = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, base: Int) {
        self.bytes = bytes
        self.base = base
    }

    var absoluteOffset: Int { base + offset }
    func absoluteOffset(of range: Range<Int>) -> Int { base + range.lowerBound }

    mutating func commit() { committed = offset }
    mutating func advance() { offset += 1 }

    func error(_ problem: String) -> JSONError { JSONError(problem, at: base + offset) }
    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[range]) }
    func string(_ range: Range<Int>) -> String { String(decoding: slice(range), as: UTF8.self) }

    func equals(_ range: Range<Int>, _ name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount
            && zip(range, 0..<range.count).allSatisfy { bytes[$0] == name.utf8Start[$1] }
    }

    /// The next byte that is no white space, not passed; nil at the end of the buffer.
    mutating func skipSpace() -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// Passes the comma before all but the first member or element; true when the value begins here.
    mutating func separator(first: Bool) throws(JSONError) -> Bool {
        guard let byte = skipSpace() else { return false }
        guard !first else { return true }
        guard byte == UInt8(ascii: ",") else { throw error("expected a comma") }
        offset += 1
        return skipSpace() != nil
    }

    /// Passes `"name":` and tells the name's place.
    mutating func memberName(first: Bool) throws(JSONError) -> Range<Int>? {
        guard try separator(first: first) else { return nil }
        guard bytes[offset] == UInt8(ascii: "\"") else { throw error("expected a member") }
        guard let name = skipString(), let colon = skipSpace() else { return nil }
        guard colon == UInt8(ascii: ":") else { throw error("expected a colon") }
        offset += 1
        return name
    }

    /// Passes one `{key, rev, cluster, value}` in any order, other members ignored.
    mutating func entryMembers() throws(JSONError) -> Members? {
        guard bytes[offset] == UInt8(ascii: "{") else { throw error("an entry of the dump is no object") }
        let start = offset
        offset += 1
        var members = Members()
        var first = true
        while true {
            guard let byte = skipSpace() else { return nil }
            if byte == UInt8(ascii: "}") { break }
            guard let name = try memberName(first: first), skipSpace() != nil else { return nil }
            guard let value = try skipValue() else { return nil }
            if equals(name, "value") {
                members.value = value
            } else if equals(value, "null") {
                // Rule: Go reads null as if the member were not there.
            } else if equals(name, "key") {
                members.key = try unquoted(value)
            } else if equals(name, "rev") {
                members.revision = try number(value)
            } else if equals(name, "cluster") {
                members.cluster = try unquoted(value)
            } else if equals(name, "via") {
                members.via = try unquoted(value)
            }
            first = false
        }
        offset += 1
        guard !members.key.isEmpty, !members.value.isEmpty else {
            throw JSONError("an entry of the dump has no key or no value", at: base + start)
        }
        return members
    }

    /// Passes one value of any kind and tells its place; nil when its end has not come yet.
    mutating func skipValue() throws(JSONError) -> Range<Int>? {
        let start = offset
        switch bytes[offset] {
        case UInt8(ascii: "\""): return skipString() == nil ? nil : start..<offset
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer() ? start..<offset : nil
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            while offset < bytes.count, isScalar(bytes[offset]) { offset += 1 }
            return offset < bytes.count ? start..<offset : nil
        default: throw error("unexpected character")
        }
    }

    private func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Passes an object or array by counting its brackets. Which bracket closes which is not checked here: a value that
    /// is decoded is validated then, and one that is not was validated before.
    private mutating func skipContainer() -> Bool {
        var depth = 0
        let (end, start) = (bytes.count, bytes.baseAddress!)
        var index = offset
        while index < end {
            switch start[index] {
            case UInt8(ascii: "\""):
                index = stringEnd(from: index &+ 1)
                if index >= end { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth &-= 1
                if depth == 0 {
                    offset = index &+ 1
                    return true
                }
            default: break
            }
            index &+= 1
        }
        return false
    }

    /// Passes a string and tells the place of its text; nil when its end has not come yet.
    private mutating func skipString() -> Range<Int>? {
        let start = offset + 1
        let end = stringEnd(from: start)
        guard end < bytes.count else { return nil }
        offset = end + 1
        return start..<end
    }

    /// Where the quote stands that ends a string whose text begins at `start`; past the end when it has not come yet.
    /// Eight bytes at a time: a byte of `word ^ pattern` is zero where the pattern's byte stands.
    private func stringEnd(from start: Int) -> Int {
        let raw = UnsafeRawPointer(bytes.baseAddress!)
        let end = bytes.count
        var index = start
        while index < end {
            if index &+ 8 <= end {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let found = zeroBytes(word ^ 0x2222_2222_2222_2222) | zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
                guard found != 0 else {
                    index &+= 8
                    continue
                }
                index &+= found.trailingZeroBitCount >> 3
            }
            switch bytes[index] {
            case UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"): index &+= 2
            default: index &+= 1
            }
        }
        return end
    }

    /// Marks the lowest zero byte of a word (and maybe higher bytes, which do not matter) in its top bit.
    private func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    private func unquoted(_ range: Range<Int>) throws(JSONError) -> Range<Int> {
        guard bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            throw JSONError("expected a string", at: base + range.lowerBound)
        }
        return range.lowerBound + 1..<range.upperBound - 1
    }

    private func number(_ range: Range<Int>) throws(JSONError) -> Int64 {
        guard let value = Int64(string(range)) else {
            throw JSONError("expected a whole number", at: base + range.lowerBound)
        }
        return value
    }
}

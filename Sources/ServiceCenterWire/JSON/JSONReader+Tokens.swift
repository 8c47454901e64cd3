/// The parts that a JSON text is made of, each validated as it is passed.
extension JSONReader {
    /// Passes white space.
    mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        guard offset < bytes.count, bytes[offset] == byte else { throw error("expected \(name)") }
        offset += 1
    }

    mutating func open(_ byte: UInt8, _ name: StaticString) throws(JSONError) {
        skipSpace()
        try expect(byte, name)
        depth += 1
        guard depth <= maxDepth else { throw error("nested deeper than \(maxDepth)") }
        justOpened = true
    }

    /// Steps to the next member or element; false when the container ends here.
    mutating func advance(to close: UInt8) throws(JSONError) -> Bool {
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

    mutating func literal(_ text: StaticString) throws(JSONError) {
        skipSpace()
        let count = text.utf8CodeUnitCount
        guard offset + count <= bytes.count else { throw error("expected \(text)") }
        for index in 0..<count where bytes[offset + index] != text.utf8Start[index] {
            throw error("expected \(text)")
        }
        offset += count
    }

    /// Rule: RFC 8259, section 6.
    mutating func skipNumber() throws(JSONError) {
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

    mutating func skipEscape() throws(JSONError) {
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
    mutating func skipMultibyte() throws(JSONError) {
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

    func hexadecimal(at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

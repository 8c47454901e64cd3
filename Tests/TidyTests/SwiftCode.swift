/// Takes what is no code out of a Swift text, so that rules about code are not broken by words in comments or strings.
struct SwiftCode {
    private let source: [UInt8]
    private var code: [UInt8]
    private var index = 0

    /// The text with blanks for comments and for the contents of string literals; every line stays where it is.
    static func of(_ text: String) -> String {
        var stripper = SwiftCode(source: Array(text.utf8))
        stripper.readCode(inString: false)
        return String(decoding: stripper.code, as: UTF8.self)
    }

    private init(source: [UInt8]) {
        self.source = source
        code = source
    }

    /// Reads to the end, or to the parenthesis that ends an interpolation.
    private mutating func readCode(inString: Bool) {
        var depth = 0
        while index < source.count {
            if starts(with: "//") {
                while index < source.count, source[index] != UInt8(ascii: "\n") { blank(1) }
            } else if starts(with: "/*") {
                readComment()
            } else if let hashes = hashesOfLiteral() {
                readLiteral(hashes)
            } else {
                if source[index] == UInt8(ascii: "(") { depth += 1 }
                if source[index] == UInt8(ascii: ")") {
                    if inString, depth == 0 { return }
                    depth -= 1
                }
                index += 1
            }
        }
    }

    private mutating func readComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && index < source.count
    }

    /// How many number signs stand before the quote of a literal that begins here; nil when none begins here.
    private func hashesOfLiteral() -> Int? {
        let hashes = source[index...].prefix { $0 == UInt8(ascii: "#") }.count
        return index + hashes < source.count && source[index + hashes] == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func readLiteral(_ hashes: Int) {
        let sign = String(repeating: "#", count: hashes)
        index += hashes
        let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
        index += quote.count
        while index < source.count, !starts(with: quote + sign) {
            guard starts(with: "\\" + sign) else {
                blank(1)
                continue
            }
            blank(1 + hashes)
            guard index < source.count, source[index] == UInt8(ascii: "(") else {
                blank(1)
                continue
            }
            index += 1
            readCode(inString: true)
            index += 1
        }
        index += quote.count + hashes
    }

    private func starts(with text: String) -> Bool { source[index...].starts(with: text.utf8) }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where index < source.count {
            if source[index] != UInt8(ascii: "\n") { code[index] = UInt8(ascii: " ") }
            index += 1
        }
    }
}

import ServiceCenterWire
import TestSupport
import Testing

@Suite("The JSON reader")
struct JSONReaderTests {
    @Test(
        "reads every form that RFC 8259 allows",
        arguments: [
            ("{}", .object([:])), (" [ ] ", .array([])), ("\t\r\n null\n", .null), ("true", .bool(true)),
            ("false", .bool(false)), ("0", .number(0)), ("-0", .number(0)), ("-0.0", .number(0)),
            ("10", .number(10)), ("1.5", .number(1.5)), ("-1.25e+2", .number(-125)), ("1E2", .number(100)),
            ("5e-1", .number(0.5)), ("0e0", .number(0)), ("0.00", .number(0)), ("1e05", .number(100_000)),
            (#""""#, .string("")), (#""a b""#, .string("a b")), (#""/\/""#, .string("//")),
            (#""\"\\\b\f\n\r\t""#, .string("\"\\\u{8}\u{C}\n\r\t")), (#""\u0000""#, .string("\0")),
            (#""\u00e9\u00E9""#, .string("éé")), (#""\u2028""#, .string("\u{2028}")), ("\"\u{7F}\"", .string("\u{7F}")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\uDBFF\uDFFF!""#, .string("\u{10FFFF}!")),
            ("\"é€😀\u{10FFFF}\u{FFFE}\"", .string("é€😀\u{10FFFF}\u{FFFE}")), (#""a\\u0041""#, .string(#"a\u0041"#)),
            (#"{"":{"a":[{}]}}"#, .object(["": .object(["a": .array([.object([:])])])])),
            (#"{"a":1,"a":2}"#, .object(["a": .number(2)])), (#"{"\u0061":1}"#, .object(["a": .number(1)])),
            (#"[1,"2",[true,null],{"b":false}]"#, sample),
        ] as [(String, JSONValue)])
    func validTexts(text: String, expected: JSONValue) throws {
        #expect(try JSONReader.tree(of: Array(text.utf8)) == expected)
        #expect(isAccepted(Array(text.utf8)))
    }

    private static let sample = JSONValue.array([
        .number(1), .string("2"), .array([.bool(true), .null]), .object(["b": .bool(false)]),
    ])

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "nul", "nulll", "True", "truefalse", "undefined", "NaN", "Infinity", "-Infinity", "'a'", "a",
            "01", "-01", "00", "+1", ".5", "1.", "-", "--1", "1.e1", "1e", "1e+", "1e1.5", "0x10", "1 2", "1,", "-a",
            "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1:2]", "[}", "[1}", "[]]", "[] []",
            "{", "}", "{1:2}", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#,
            #"{"a":1 "b":2}"#, #"{"a":1,,"b":2}"#, #"{"a"::1}"#, #"{"a":1]"#, #"{"a":1}}"#, #"{"a":1}x"#, #"{"a""#,
            #"""#, #""a"#, #""\"#, #""\""#, #""\x41""#, #""\u""#, #""\u12""#, #""\u123""#, #""\u12g4""#, #""\U0041""#,
            #""\u-123""#, #""\u 123""#, "\"a\nb\"", "\"\t\"", "\"\0\"", "\"\u{1F}\"", "\"a\"b", "\u{FEFF}{}", "/**/1",
            "1//", "[1\u{A0}]", "\u{B}1", "{}\0",
        ])
    func invalidTexts(text: String) {
        #expect(!isAccepted(Array(text.utf8)))
        #expect(throws: JSONError.self) { try JSONReader.tree(of: Array(text.utf8)) }
    }

    @Test(
        "refuses bytes in a string that are no UTF-8",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xE2, 0x41, 0x82], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF0, 0x9F, 0x98, 0x41], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0x41, 0x80], [0xC3, 0xA9, 0xA9],
        ] as [[UInt8]])
    func badUTF8(bytes: [UInt8]) {
        #expect(!isAccepted([0x22] + bytes + [0x22]))
        // At the very end of the text too, where a look ahead would read past it.
        #expect(!isAccepted([0x22] + bytes))
    }

    @Test("takes every Unicode scalar, raw and escaped, for itself")
    func everyScalar() throws {
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 97) {
            guard let scalar = UnicodeScalar(value), scalar != "\"", scalar != "\\" else { continue }
            let text = String(Character(scalar))
            #expect(try JSONReader.tree(of: Array("\"\(text)\"".utf8)) == .string(text))
            let escapes = text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            #expect(try JSONReader.tree(of: Array("\"\(escapes.joined())\"".utf8)) == .string(text))
        }
    }

    @Test(
        "reads a lone surrogate as U+FFFD, as Go does",
        arguments: [
            (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d!""#, "\u{FFFD}!"),
            (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ud83d\ue000""#, "\u{FFFD}\u{E000}"), (#""\ud7ff\ude00""#, "\u{D7FF}\u{FFFD}"),
            (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        ])
    func loneSurrogates(text: String, expected: String) throws {
        #expect(try JSONReader.tree(of: Array(text.utf8)) == .string(expected))
    }
}

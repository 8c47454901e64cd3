import ServiceCenterWire
import Testing

@Suite("The JSON reader, step by step,")
struct JSONReaderStepTests {
    @Test(
        "reads whole numbers of 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), (" -7 ", -7), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min),
        ])
    func integers(text: String, expected: Int64) throws {
        #expect(try integer(text) == expected)
    }

    @Test(
        "refuses as a whole number what is none or does not fit",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "1.0", "1e3", "01", "-", "+1",
            #""1""#, "null", "",
        ])
    func noIntegers(text: String) {
        #expect(throws: JSONError.self) { try integer(text) }
    }

    private func integer(_ text: String) throws -> Int64 {
        try JSONReader.read(Array(text.utf8)) { reader throws(JSONError) in try reader.integer() }
    }

    @Test("nests to its bound and not one deeper", arguments: [1, 2, 64, 500])
    func depth(bound: Int) {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        #expect(isAccepted(nested(bound, "[", "]"), maxDepth: bound))
        #expect(!isAccepted(nested(bound + 1, "[", "]"), maxDepth: bound))
        #expect(isAccepted(nested(bound, #"{"a":"#, "}"), maxDepth: bound))
        #expect(!isAccepted(nested(bound + 1, #"{"a":"#, "}"), maxDepth: bound))
        // What was closed does not count any more.
        let wide = "[" + Array(repeating: "[]", count: bound + 1).joined(separator: ",") + "]"
        #expect(isAccepted(Array(wide.utf8), maxDepth: max(2, bound)))
    }

    @Test("survives a hundred thousand open brackets")
    func bottomless() {
        #expect(!isAccepted([UInt8](repeating: UInt8(ascii: "["), count: 100_000)))
    }

    @Test(
        "names the byte at which the text went wrong",
        arguments: [
            ("", 0), ("[1,]", 3), (#"{"a" 1}"#, 5), ("{} x", 3), ("\"a\u{1}\"", 2), (#"["\q"]"#, 2), ("[1 2]", 3),
        ])
    func offsets(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONReader.tree(of: Array(text.utf8)) }
        #expect(error?.offset == offset)
        #expect(error?.description.hasSuffix(" at byte \(offset)") == true)
    }

    @Test("tells where a passed value stands, so that it can be spliced")
    func ranges() throws {
        let text = Array(#"{"a": {"b":[1,2]} , "c":"d"}"#.utf8)
        let slices = try JSONReader.read(text) { reader throws(JSONError) in
            var slices: [String] = []
            try reader.beginObject()
            while try reader.nextKey() != nil {
                slices.append(String(decoding: reader.bytes[try reader.skip()], as: UTF8.self))
            }
            return slices
        }
        #expect(slices == [#"{"b":[1,2]}"#, #""d""#])
    }

    @Test("compares names by their bytes, without escapes")
    func names() throws {
        let text = Array(#"{"name":1,"nam":2,"names":3,"n\u0061me":4}"#.utf8)
        let found = try JSONReader.read(text) { reader throws(JSONError) in
            var found: [Bool] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                found.append(reader.equals(key, "name"))
                try reader.skip()
            }
            return found
        }
        #expect(found == [true, false, false, false])
    }

    @Test("reads maps and lists of texts, null as empty, as Go does, and nothing else in them")
    func collections() throws {
        func map(_ text: String) throws -> [String: String] {
            try JSONReader.read(Array(text.utf8)) { reader throws(JSONError) in try reader.stringMap() }
        }
        func list(_ text: String) throws -> [String] {
            try JSONReader.read(Array(text.utf8)) { reader throws(JSONError) in try reader.stringList() }
        }
        #expect(try map(#"{"a":"1","\u0062":"\n"}"#) == ["a": "1", "b": "\n"])
        #expect(try map("null").isEmpty)
        #expect(try list(#"["a","",""]"#) == ["a", "", ""])
        #expect(try list("null").isEmpty)
        #expect(throws: JSONError.self) { try map(#"{"a":1}"#) }
        #expect(throws: JSONError.self) { try map("[]") }
        #expect(try map(#"{"a":null}"#) == ["a": ""])
        #expect(try list(#"["a",null]"#) == ["a", ""])
        #expect(throws: JSONError.self) { try list("{}") }
    }
}

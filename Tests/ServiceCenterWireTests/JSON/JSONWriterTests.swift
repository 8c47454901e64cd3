import ServiceCenterWire
import TestSupport
import Testing

@Suite("The JSON writer")
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        body(&writer)
        return writer.bytes
    }

    private func text(_ body: (inout JSONWriter) -> Void) -> String { String(decoding: written(body), as: UTF8.self) }

    @Test("writes compact members and elements with their commas")
    func structure() {
        let text = text { writer in
            writer.beginObject()
            writer.member("a", "1")
            writer.member("n", -3)
            writer.key("list")
            writer.beginArray()
            writer.integer(UInt64.max)
            writer.beginObject()
            writer.endObject()
            writer.strings(["x", ""])
            writer.bool(true)
            writer.raw(Array(#"{"raw":[1]}"#.utf8))
            writer.string("y")
            writer.endArray()
            writer.key("dynamic \"key\"")
            writer.bool(false)
            writer.endObject()
        }
        let list = #"[18446744073709551615,{},["x",""],true,{"raw":[1]},"y"]"#
        #expect(text == #"{"a":"1","n":-3,"list":\#(list),"dynamic \"key\"":false}"#)
    }

    @Test("leaves out what is empty where it may be left out, and sorts maps by key")
    func omission() {
        let text = text { writer in
            writer.beginObject()
            writer.member("none", ifPresent: "")
            writer.member("empty", "")
            writer.member("map", ifPresent: [:])
            writer.member("sorted", ifPresent: ["b": "2", "a": "1", "\"": "\\"])
            writer.member("some", ifPresent: "x")
            writer.endObject()
        }
        #expect(text == #"{"empty":"","sorted":{"\"":"\\","a":"1","b":"2"},"some":"x"}"#)
    }

    @Test("escapes quotes, backslashes and control characters, and nothing else")
    func escapes() {
        #expect(
            text { $0.string("\"\\/\n\r\t\0\u{1F}\u{7F}é😀\u{2028}<&>") }
                == "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7F}é😀\u{2028}<&>\"")
    }

    @Test("writes any text so that Foundation and our reader read it back", arguments: 1...4)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let bound: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x110000
                guard let scalar = UnicodeScalar(UInt32.random(in: 0..<bound, using: &generator)) else { continue }
                scalars.append(scalar)
            }
            let value = String(scalars)
            let bytes = written { writer in
                writer.beginObject()
                writer.member("k", value)
                writer.key(value)
                writer.integer(Int64.random(in: -1_000...1_000))
                writer.endObject()
            }
            #expect(try JSONReader.tree(of: bytes) == JSONValue(foundation: bytes))
            #expect(JSONValue(foundation: bytes)?["k"] == (value == "k" ? nil : .string(value)))
        }
    }

    @Test(
        "writes numbers with three decimals at most, and null for what is no number",
        arguments: [
            (0, "0.0"), (1.5, "1.5"), (0.1234567, "0.123"), (-2.0006, "-2.001"), (.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)])
    func decimals(value: Double, expected: String) {
        #expect(text { $0.decimal(value) } == expected)
    }

    @Test("goes on in the middle of a text after its bytes were taken")
    func taking() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(1)
        var bytes = writer.take()
        #expect(writer.bytes.isEmpty)
        writer.integer(2)
        bytes += writer.take()
        writer.endArray()
        bytes += writer.take()
        #expect(String(decoding: bytes, as: UTF8.self) == "[1,2]")
    }
}

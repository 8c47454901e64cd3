import Testing

@testable import ServiceCenterWire

@Suite("An edit of JSON")
struct JSONEditTests {
    @Test(
        "sets members where they are, otherwise at the end, and leaves the rest as it was written",
        arguments: [
            (#"{}"#, #"{"a":1,"b":2}"#), (#" { } "#, #" { "a":1,"b":2} "#), (#"{"c":0}"#, #"{"c":0,"a":1,"b":2}"#),
            (#"{ "a" : [0] , "c":{"a":3}}"#, #"{ "a" : 1 , "c":{"a":3},"b":2}"#),
            (#"{"b":null,"a":"x"}"#, #"{"b":2,"a":1}"#), (#"{"\u0061":0}"#, #"{"\u0061":1,"b":2}"#),
            (#"{"a":0,"a":3}"#, #"{"a":1,"a":1,"b":2}"#),
        ])
    func setting(object: String, edited: String) throws {
        let result = try JSONEdit.setting([("a", Array("1".utf8)), ("b", Array("2".utf8))], in: Array(object.utf8))
        #expect(String(decoding: result, as: UTF8.self) == edited)
    }

    @Test("of what is no object fails", arguments: ["", "[]", "{", #"{"a":}"#, "{} x"])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try JSONEdit.setting([("a", [0x31])], in: Array(text.utf8)) }
    }

    @Test("finds members and elements as they stand there")
    func parts() throws {
        let members = try JSONEdit.members(["a", "b"], of: Array(#"{"a": [ 1, {"b":2} ],"c":0}"#.utf8))
        #expect(members.count == 1)
        let elements = try JSONEdit.elements(of: members["a"] ?? [])
        #expect(elements.map { String(decoding: $0, as: UTF8.self) } == ["1", #"{"b":2}"#])
        #expect(JSONEdit.array(elements) == Array(#"[1,{"b":2}]"#.utf8))
    }
}

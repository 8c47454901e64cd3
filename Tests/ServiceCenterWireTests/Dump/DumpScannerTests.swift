import ServiceCenterWire
import TestSupport
import Testing

@Suite("The dump scanner")
struct DumpScannerTests {
    private let one = #"{"key":"/a/b","rev":7,"cluster":"x","value":{"v":1}}"#
    private let two = #"{"key":"/c","rev":-8,"cluster":"","value":"t"}"#

    private func dump(_ entries: String) -> String { #"{"cache":{"instances":[\#(entries)]}}"# }

    @Test("gives an entry's parts and its place")
    func parts() throws {
        let entries = try scan(dump("\(one),\(two)"))
        #expect(entries.map(\.table) == [.instances, .instances])
        #expect(entries.map(\.key) == ["/a/b", "/c"])
        #expect(entries.map(\.revision) == [7, -8])
        #expect(entries.map(\.cluster) == ["x", ""])
        #expect(entries.map(\.value) == [Array(#"{"v":1}"#.utf8), Array(#""t""#.utf8)])
        let start = #"{"cache":{"instances":["#.utf8.count
        #expect(entries.map(\.offset) == [start, start + one.utf8.count + 1])
    }

    @Test(
        "takes a dump in which nothing stands",
        arguments: [
            #"{"cache":{}}"#, " { \"cache\" : { } } \n", #"{"cache":{"services":[],"instances":[ ]}}"#,
            #"{"cache":{"services":null,"instances":null}}"#, #"{"response":{"code":0},"cache":{},"x":[{}]}"#,
            #"{"cache":{"unknown":{"a":[1,{}]},"services":[],"other":"x","third":7,"fourth":true}}"#,
        ])
    func empty(text: String) throws {
        #expect(try scan(text).isEmpty)
    }

    @Test(
        "refuses what is no dump",
        arguments: [
            "", " \n", "{}", "[]", "null", "404 page not found\n", "<html><body>sorry</body></html>", #"{"a":1}"#,
            #"{"cache":null}"#, #"{"cache":[]}"#, #"{"cache":1}"#, #"{"cache":{"instances":{}}}"#,
            #"{"cache":{"instances":"x"}}"#, #"{"cache":{"instances":1}}"#, #"{"cache":{"instances":true}}"#,
            #"{"cache":{"instances":nil}}"#, #"{"cache":{"instances":nullnull}}"#,
            #"{"errorCode":"403001","errorMessage":"Forbidden","detail":"Required admin permission"}"#,
            #"{"cache":{}}}"#, #"{"cache":{}}{"cache":{}}"#, #"{"cache":{}} x"#, #"{"cache":{},}"#, #"{,"cache":{}}"#,
            #"{"cache":{"instances":[],}}"#, #"{"cache":{,}}"#, #"{"cache" {}}"#, #"{cache:{}}"#,
            #"{"cache":{"a":[]]}}"#,
            #"{"cache":{"unknown":[1 2]}}"#, #"{"cache":{"unknown":[1,]}}"#, #"{"cache":{"unknown":[}]}}"#,
            "\u{FEFF}{}",
        ])
    func noDump(text: String) {
        #expect(throws: JSONError.self) { try scan(text) }
    }

    @Test(
        "refuses a table whose entries are none",
        arguments: [
            "1", "null", #""x""#, "[]", "{}", #"{"key":"/a"}"#, #"{"value":1}"#, #"{"key":"","value":1}"#,
            #"{"key":1,"value":1}"#, #"{"key":null,"value":1}"#, #"{"key":"/a","value":1,"rev":"7"}"#,
            #"{"key":"/a","value":1,"rev":1.5}"#, #"{"key":"/a","value":1,"rev":99999999999999999999}"#,
            #"{"key":"/a","value":1,"cluster":7}"#, #"{"key":"/a","value":}"#, #"{"key":"/a","value":1,}"#,
            #"{"key":"/a" "value":1}"#, #"{"key":"/a","value":1}{"key":"/b","value":1}"#, #"{"key":"/a","value":1},"#,
            #",{"key":"/a","value":1}"#, #"{"key":"/a","value":1},,{"key":"/b","value":1}"#, #"{"key":"/a","value":@}"#,
        ])
    func noEntry(entries: String) {
        #expect(throws: JSONError.self) { try scan(dump(entries)) }
    }

    @Test("passes over tables, members and root members that it does not know")
    func unknown() throws {
        let noise = #"{"a":["]}",{"b":"\"}]"}],"n":null}"#
        let text = """
            {"before":\(noise),"cache":{"future":[\(noise),1,"x",null,[]],"instances":[{"extra":\(noise),\
            "key":"/k","value":1,"other":[\(noise)]}],"serviceIndexes":[1,\(noise)]},"after":"}"}
            """
        let entries = try scan(text)
        #expect(entries.map(\.key) == ["/k"])
        #expect(entries.map(\.revision) == [0])
        #expect(entries.map(\.cluster) == [""])
    }

    @Test("is not misled by quotes, brackets and backslashes inside of texts")
    func quoting() throws {
        for padding in 0..<20 {
            let tricky = String(repeating: "x", count: padding) + #"\"}]\\\"{[\\"#
            let value = #"{"a":"\#(tricky)","b":["\#(tricky)"],"\#(tricky)":"}"}"#
            let entries = try scan(dump(#"{"key":"/k","value":\#(value)},\#(one)"#))
            #expect(entries.map(\.key) == ["/k", "/a/b"])
            #expect(entries[0].value == Array(value.utf8))
        }
    }

    @Test("refuses an entry that is too long as soon as too much of it waits")
    func overlong() {
        let long = Array(dump(#"{"key":"/k","value":"\#(String(repeating: "x", count: 5_000))"}"#).utf8)
        let pieces = cut(long, at: Array(stride(from: 100, to: long.count, by: 100)))
        #expect(throws: JSONError.self) { try scan(pieces, maxEntryBytes: 1_000) }
        #expect(throws: Never.self) { try scan(pieces, maxEntryBytes: 5_100) }
        // Many short ones are no long one.
        let short = Array(dump(Array(repeating: one, count: 500).joined(separator: ",")).utf8)
        let cuts = Array(stride(from: 100, to: short.count, by: 100))
        #expect(throws: Never.self) { try scan(cut(short, at: cuts), maxEntryBytes: 1_000) }
    }

    @Test("says at which byte a dump goes wrong, whatever the pieces", arguments: [1, 7, 1_000])
    func offsets(length: Int) {
        let text = Array(dump("\(one),7").utf8)
        let error = #expect(throws: JSONError.self) {
            try scan(cut(text, at: Array(stride(from: length, to: text.count, by: length))))
        }
        #expect(error?.offset == text.count - 4)
    }
}

import Testing
import Topology

@Suite("What is not YAML, or more YAML than we read,")
struct YAMLMistakeTests {
    static let north = "sources:\n  - name: north\n    plugin: some\n"

    static let torn: [Faulty] = [
        Faulty(
            "sources:\n\t- name: a", line: 2,
            "not YAML: found character that cannot start any token while scanning for the next token",
            remedy: "indent with spaces, not with tabs"
        ),
        Faulty(
            "sources:\n  - {name: a,\n     plugin: b\n\n", line: 3,
            "not YAML: did not find expected ',' or '}' while parsing a flow mapping",
            remedy: "look from line 2 on, where it begins"
        ),
        Faulty(
            "home: \"a\n", line: 1, "not YAML: found unexpected end of stream while scanning a quoted scalar"
        ),
        Faulty("home: a\nhome: b: c\n", line: 2, "not YAML: mapping values are not allowed in this context"),
        Faulty("home: a\r\nx: \u{1}", line: 2, "not YAML: control characters are not allowed"),
        Faulty("home: *a", line: 1, "not YAML: found undefined alias"),
        Faulty(String(repeating: "[", count: 100_000), line: 1, "not YAML that we read: nested too deep"),
    ]

    @Test("is refused with the line where it is torn", arguments: torn)
    func isRefused(torn faulty: Faulty) {
        faulty.check()
    }

    static let unsupported: [Faulty] = [
        Faulty(
            north + "---\nhome: a", line: 4, "a second document begins here",
            remedy: "a topology file holds one document: remove the '---'"
        ),
        Faulty(north + "    settings: &a {x: 1}", line: 4, "an anchor ('&') is not supported", remedy: writeOut),
        Faulty("x: [&b 1, *b]\n" + north, line: 1, "an anchor ('&') is not supported", remedy: writeOut),
        Faulty("&c home: north\n" + north, line: 1, "an anchor ('&') is not supported", remedy: writeOut),
        Faulty("\nhome: !!str north\n", line: 2, "a tag ('!') is not supported", remedy: untagged),
        Faulty("home: !a \"north\"\n", line: 1, "a tag ('!') is not supported", remedy: untagged),
        Faulty("sources: !b []", line: 1, "a tag ('!') is not supported", remedy: untagged),
        Faulty("home: a\nserver: !c {}", line: 2, "a tag ('!') is not supported", remedy: untagged),
        Faulty("home: a\n[b]: c\n", line: 2, "a key must be a word"),
    ]
    static let writeOut = "write the value out at each place where it is used"
    static let untagged = "write the value without a tag"

    @Test("is refused with the line where it stands", arguments: unsupported)
    func isRefused(unsupported faulty: Faulty) {
        faulty.check()
    }

    static let duplicates: [Faulty] = [
        Faulty(
            north + "    name: south", line: 2, "the key 'name' is written more than once in one mapping",
            remedy: "this is the first one: remove one of them"
        ),
        Faulty(
            "home: north\nsources: []\n\"home\": south", line: 1,
            "the key 'home' is written more than once in one mapping",
            remedy: "this is the first one: remove one of them"
        ),
        Faulty(
            "home: north\n1: a\n\n\"1\": b", line: 4, "the key '1' is written more than once in one mapping",
            remedy: "the first one is on line 2: remove one of the two"
        ),
    ]

    @Test("like a key that is there twice, is refused with the line of one of the two", arguments: duplicates)
    func isRefused(duplicate faulty: Faulty) {
        faulty.check()
    }

    @Test("like a missing value, is refused in each of its spellings", arguments: ["", "~", "null", "Null", "NULL"])
    func empty(text: String) {
        Faulty(
            "home: \(text)\n" + Self.north, line: 1, "'home' has no value", remedy: "give it one, or remove the key"
        ).check()
    }

    @Test("like text of several lines or of none, is no text", arguments: ["|\n  a\n  b", "\"\"", "\"a\\tb\""])
    func text(value: String) throws {
        let error = #expect(throws: TopologyError.self) {
            try Topology.parse("home: \(value)\n" + Self.north, file: "t.yaml")
        }
        #expect(error?.line == 1)
        #expect(error?.problem.hasPrefix("'home' must be one line of text, not the quoted text '") == true)
    }
}

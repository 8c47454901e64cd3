import Testing
import Topology

@Suite("A strict mapping")
struct StrictMappingTests {
    @Test("gives each kind of value")
    func kinds() throws {
        var mapping = try settings(
            "text: some words", "int: -5", "bool: true", "duration: 1m30s", "size: 64KiB", "list: [a, \"b\"]",
            "sub: {x: 1}", "subs: [{x: 1}, {x: 2}]"
        )
        #expect(try mapping.requiredString("text") == "some words")
        #expect(try mapping.requiredInt("int", in: -9...9) == -5)
        #expect(try mapping.requiredBool("bool"))
        #expect(try mapping.requiredDuration("duration", in: .seconds(1)...(.seconds(100))) == .seconds(90))
        #expect(try mapping.requiredByteSize("size", in: 0...100_000) == 65_536)
        #expect(try mapping.requiredStrings("list") == ["a", "b"])
        var sub = try mapping.requiredMapping("sub")
        #expect(try sub.requiredInt("x", in: 0...9) == 1)
        try sub.finish()
        #expect(try mapping.requiredMappings("subs").count == 2)
        try mapping.finish()
    }

    @Test("gives nil for each optional key that is not there")
    func absent() throws {
        var mapping = StrictMapping(file: "--settings", line: nil)
        #expect(try mapping.optionalString("a") == nil)
        #expect(try mapping.optionalInt("a", in: 0...1) == nil)
        #expect(try mapping.optionalBool("a") == nil)
        #expect(try mapping.optionalDuration("a", in: .zero...(.seconds(1))) == nil)
        #expect(try mapping.optionalByteSize("a", in: 0...1) == nil)
        #expect(try mapping.optionalStrings("a") == nil)
        #expect(try mapping.optionalMapping("a") == nil)
        #expect(try mapping.optionalMappings("a") == nil)
        try mapping.finish()
    }

    @Test("refuses each required key that is not there, at its own line")
    func missing() throws {
        var mapping = try settings("x: 1")
        let expected = TopologyError(
            file: "t.yaml", line: 4, problem: "'a' is missing in 'sources.settings'",
            remedy: "add it: it has no default"
        )
        #expect(throws: expected) { try mapping.requiredString("a") }
        #expect(throws: expected) { try mapping.requiredInt("a", in: 0...1) }
        #expect(throws: expected) { try mapping.requiredBool("a") }
        #expect(throws: expected) { try mapping.requiredDuration("a", in: .zero...(.seconds(1))) }
        #expect(throws: expected) { try mapping.requiredByteSize("a", in: 0...1) }
        #expect(throws: expected) { try mapping.requiredStrings("a") }
        #expect(throws: expected) { try mapping.requiredMapping("a") }
        #expect(throws: expected) { try mapping.requiredMappings("a") }
    }

    @Test("refuses a scalar of another kind, at its line")
    func mismatches() throws {
        var mapping = try settings("x: 1.5", "quoted: \"true\"", "yes: yes")
        let range: ClosedRange<Duration> = .milliseconds(100)...(.seconds(3_600))
        let int = problem { try mapping.requiredInt("x", in: 0...9) }
        #expect(int == "5 'x' must be a whole number from 0 to 9, not '1.5'")
        let bool = problem { try mapping.requiredBool("x") }
        #expect(bool == "5 'x' must be true or false, not '1.5'")
        let duration = problem { try mapping.requiredDuration("x", in: range) }
        #expect(duration == "5 'x' must be a duration from 100ms to 1h, not '1.5'")
        let size = problem { try mapping.requiredByteSize("x", in: 0...1_024) }
        #expect(size == "5 'x' must be a size from 0 to 1KiB, not '1.5'")
        let quoted = problem { try mapping.requiredBool("quoted") }
        #expect(quoted == "6 'quoted' must be true or false, not the quoted text 'true'")
        let yes = problem { try mapping.requiredBool("yes") }
        #expect(yes == "7 'yes' must be true or false, not 'yes'")
    }

    @Test("refuses a list or a mapping in place of another kind, and names the line of the item")
    func collections() throws {
        var mapping = try settings("list:", "  - a", "  - {b: 1}", "empty: []", "word: a")
        let texts = problem { try mapping.requiredStrings("list") }
        #expect(texts == "7 each item of 'list' must be one line of text, not a mapping")
        let mappings = problem { try mapping.requiredMappings("list") }
        #expect(mappings == "6 each item of 'list' must be a mapping, not text")
        let text = problem { try mapping.requiredString("list") }
        #expect(text == "5 'list' must be one line of text, not a list")
        let noTexts = problem { try mapping.requiredStrings("empty") }
        #expect(noTexts == "8 'empty' is an empty list")
        let noMappings = problem { try mapping.requiredMappings("empty") }
        #expect(noMappings == "8 'empty' is an empty list")
        #expect(try mapping.optionalStrings("empty") == [])
        let list = problem { try mapping.requiredStrings("word") }
        #expect(list == "9 'word' must be a list of texts, not text")
        let sub = problem { try mapping.requiredMapping("word") }
        #expect(sub == "9 'word' must be a mapping, not text")
    }

    @Test("knows a key once it was asked for, and refuses the first other one")
    func unknown() throws {
        var mapping = try settings("interval: 1s", "intervall: 2s", "zzz: 1")
        #expect(throws: expected(5, "interval", "no key is known here")) { try mapping.finish() }
        _ = try mapping.optionalString("interval")
        _ = try mapping.optionalString("interval")
        _ = try mapping.optionalString("timeout")
        let remedy = "did you mean 'interval'? known keys: interval, timeout"
        #expect(throws: expected(6, "intervall", remedy)) { try mapping.finish() }
        _ = try mapping.optionalString("intervall")
        #expect(throws: expected(7, "zzz", "known keys: interval, timeout, intervall")) { try mapping.finish() }
    }

    private func expected(_ line: Int, _ key: String, _ remedy: String) -> TopologyError {
        TopologyError(
            file: "t.yaml", line: line, problem: "unknown key '\(key)' in 'sources.settings'", remedy: remedy
        )
    }

    /// The line and the problem of the error that `body` throws.
    private func problem<Value>(_ body: () throws -> Value) -> String? {
        let error = #expect(throws: TopologyError.self) { _ = try body() }
        return error.map { "\($0.line ?? 0) \($0.problem)" }
    }
}

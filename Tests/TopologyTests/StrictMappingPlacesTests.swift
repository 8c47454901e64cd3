import Testing
import Topology

@Suite("The place of an error in a strict mapping")
struct StrictMappingPlacesTests {
    @Test("is the key's, the item's or the mapping's")
    func places() throws {
        let mapping = try settings("a: 1", "b:", "  - x", "  - y")
        #expect(mapping.line == 4)
        #expect(mapping.line(of: "a") == 5)
        #expect(mapping.line(of: "b") == 6)
        #expect(mapping.line(of: "c") == nil)
        #expect(mapping.error(at: "a", "bad").description == "t.yaml:5: bad")
        #expect(mapping.error(at: "b", item: 1, "bad").description == "t.yaml:8: bad")
        #expect(mapping.error(at: "b", item: 9, "bad").description == "t.yaml:6: bad")
        #expect(mapping.error(at: "c", "bad").description == "t.yaml:4: bad")
        #expect(mapping.error(at: nil, "bad", remedy: "do good").description == "t.yaml:4: bad\n  do good")
    }

    @Test("has no line in a mapping that is written in code")
    func code() throws {
        var mapping = StrictMapping(
            file: "--sources", line: nil, path: "north.settings",
            values: [("endpoints", .list(["a", "b"])), ("interval", .scalar("5s")), ("bad", .scalar(""))]
        )
        #expect(try mapping.requiredStrings("endpoints") == ["a", "b"])
        #expect(try mapping.requiredDuration("interval", in: .zero...(.seconds(9))) == .seconds(5))
        let error = TopologyError(
            file: "--sources", line: nil, problem: "unknown key 'bad' in 'north.settings'",
            remedy: "known keys: endpoints, interval"
        )
        #expect(throws: error) { try mapping.finish() }
    }

    @Test("is the command line for a value that was overridden there")
    func overridden() throws {
        var mapping = try settings("interval: 5s", "timeout: 1s")
        mapping.override("interval", with: "7s")
        mapping.override("compression", with: "false", origin: "--compression")
        mapping.override("timeout", with: "soon", origin: "--timeout")
        #expect(try mapping.requiredDuration("interval", in: .zero...(.seconds(9))) == .seconds(7))
        #expect(try mapping.requiredBool("compression") == false)
        let error = TopologyError(
            file: "--timeout", line: nil, problem: "'timeout' must be a duration from 0s to 9s, not 'soon'",
            remedy: "write it like 500ms, 2s, 1m, 1h or 1m30s"
        )
        #expect(throws: error) { try mapping.requiredDuration("timeout", in: .zero...(.seconds(9))) }
        #expect(mapping.line(of: "interval") == nil)
        try mapping.finish()
    }

    @Test("is written before the problem, the remedy below it")
    func description() {
        let bare = TopologyError(file: "a.yaml", line: nil, problem: "bad")
        #expect(bare.description == "a.yaml: bad")
        let full = TopologyError(file: "a.yaml", line: 3, problem: "bad", remedy: "do good")
        #expect(full.description == "a.yaml:3: bad\n  do good")
    }
}

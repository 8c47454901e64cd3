import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("The dump scanner, fed by pieces,", .enabled(if: Recordings.areThere, "reads ../shared"))
struct DumpScannerChunkTests {
    @Test("gives the same entries wherever a small dump is cut in two")
    func everyCut() throws {
        let text = Array(try Dumps.miniature().utf8)
        let whole = try scan([text])
        #expect(Set(whole.map(\.table)) == Set(DumpTable.allCases.filter { !$0.isDerived }))
        for place in 0...text.count {
            #expect(try scan(cut(text, at: [place])) == whole, "cut at \(place)")
        }
    }

    @Test("gives the same entries byte by byte", arguments: Dumps.recorded)
    func byteByByte(name: String) throws {
        let text = try Recordings.data(name)
        #expect(try scan(text.map { [$0] }) == scan([text]))
    }

    @Test("gives the same entries in random pieces, empty ones among them", arguments: Dumps.recorded, 1...5)
    func randomCuts(name: String, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let text = try Recordings.data(name)
        let whole = try scan([text])
        for count in [1, 2, 5, 50, 500] {
            let places = (0..<count).map { _ in Int.random(in: 0...text.count, using: &generator) }
            #expect(try scan(cut(text, at: places)) == whole)
        }
    }

    @Test("never takes a torn dump for a whole one, wherever it is torn")
    func everyTear() throws {
        let text = Array(try Dumps.miniature().utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self, "torn after \(count)") { try scan([Array(text[..<count])]) }
        }
        for count in stride(from: 0, to: text.count, by: 7) {
            #expect(throws: JSONError.self) { try scan(text[..<count].map { [$0] }) }
        }
    }

    @Test("never takes a torn recorded dump for a whole one", arguments: Dumps.recorded)
    func tears(name: String) throws {
        let text = try Recordings.data(name)
        for count in stride(from: text.count - 1, to: 0, by: -157) {
            #expect(throws: JSONError.self) { try scan([Array(text[..<count])]) }
        }
    }

    @Test("finds every entry of the large dumps, in one piece and in many", arguments: Dumps.large)
    func large(name: String) throws {
        let text = try Dumps.unpacked(name)
        #expect(text.count > 1_000_000)
        let (microservices, instances) = name.contains("sc-1") ? (1_000, 10_000) : (800, 4_000)
        var generator = SeededGenerator(seed: 9)
        var digests: [Digest] = []
        for pieces in [1, 40, 1_000] {
            let places = (1..<pieces).map { _ in Int.random(in: 0...text.count, using: &generator) }
            let entries = try scan(cut(text, at: places))
            // The service-center registers itself too.
            #expect(entries.count(where: { $0.table == .services }) == microservices + 1)
            #expect(entries.count(where: { $0.table == .instances }) == instances + 1)
            digests.append(entries.reduce(Digest.zero) { $0.then(Digest(of: $1.key)).then(Digest(of: $1.value)) })
        }
        #expect(Set(digests).count == 1)
    }

    @Test("takes white space wherever JSON allows it")
    func whiteSpace() throws {
        let text = try Dumps.miniature(of: 2)
        var spaced = ""
        var (isInString, isEscaped) = (false, false)
        for character in text {
            let isStructure = !isInString && "{}[]:,".contains(character)
            spaced += isStructure ? " \r\n\t\(character)\n " : String(character)
            if isInString { isInString = isEscaped || character != "\"" } else { isInString = character == "\"" }
            isEscaped = isInString && !isEscaped && character == "\\"
        }
        let (plain, wide) = (try scan(text), try scan(Array(spaced.utf8).map { [$0] }))
        #expect(wide.map(\.key) == plain.map(\.key))
        #expect(wide.map(\.revision) == plain.map(\.revision))
        #expect(wide.map { JSONValue(foundation: $0.value) } == plain.map { JSONValue(foundation: $0.value) })
        #expect(try Dumps.decoded(spaced).count == plain.count)
    }

    @Test("takes an entry's members in any order")
    func memberOrder() throws {
        let plain = try scan(Dumps.miniature())
        let orders = [["value", "cluster", "rev", "key"], ["rev", "value", "key", "cluster"]]
        for order in orders {
            let other = try scan(Dumps.miniature(order: order))
            #expect(other.map(\.key) == plain.map(\.key))
            #expect(other.map(\.value) == plain.map(\.value))
            #expect(other.map(\.revision) == plain.map(\.revision))
            #expect(other.map(\.cluster) == plain.map(\.cluster))
        }
    }

    @Test("takes the dump of a version 2 server, which has no rules")
    func versionTwo() throws {
        let entries = try scan([Recordings.data("dump-sc-1.json")]).filter { $0.table != .serviceRules }
        let tables = DumpTable.allCases.filter { ![.serviceRules, .serviceRuleIndexes].contains($0) }.map { table in
            (table.rawValue, entries.filter { $0.table == table }.map { $0.text() })
        }
        #expect(try scan(Dumps.text(tables)).map(\.key) == entries.map(\.key))
    }
}

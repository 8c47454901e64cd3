import Testing
import Topology

@Suite("The merge policies of a topology")
struct MergeDeclarationTests {
    static let north = "sources:\n  - {name: north, plugin: some}\n"

    @Test("are what its file says, and precedence where that is silent")
    func declared() throws {
        let text = Self.north + "merge:\n  policy: newest\n  applications: {shop: union, bank: oldest}\n"
        let merge = try Topology.parse(text, file: "t.yaml").merge
        #expect(merge.policy == .newest)
        #expect(merge.applications == ["shop": .union, "bank": .oldest])
        #expect(try Topology.parse(Self.north, file: "t.yaml").merge == MergeDeclaration())
    }

    @Test("may be for lists of sources")
    func lists() throws {
        let text = Self.three + "merge:\n  sources:\n    - {of: [north, south], policy: newest}\n"
        let merge = try Topology.parse(text, file: "t.yaml").merge
        #expect(merge.sources.map(\.policy) == [.newest])
        #expect(merge.sources.map { $0.names.map(\.rawValue).sorted() } == [["north", "south"]])
    }

    static let three =
        "sources:\n  - {name: north, plugin: some}\n  - {name: south, plugin: some}\n"
        + "  - {name: west, plugin: some}\n"

    static let mistakes = [
        Faulty(
            three + "merge:\n  sources:\n    - of: [north, soth]\n      policy: union", line: 7,
            "'of' names 'soth', which is not a source",
            remedy: "did you mean 'south'? the sources are: north, south, west"),
        Faulty(
            three + "merge:\n  sources:\n    - {of: [north, south], policy: union}\n"
                + "    - {of: [west, north], policy: newest}", line: 8,
            "the source 'north' is named twice in 'merge.sources'", remedy: "name each source once, in one list"),
        Faulty(
            three + "merge:\n  sources:\n    - {of: [north], policy: union}", line: 7, "'of' names one source alone",
            remedy: "name those among which 'policy' decides"),
        Faulty(
            three + "merge:\n  sources:\n    - {of: [north, south]}", line: 7, "'policy' is missing in 'merge.sources'",
            remedy: "add it: it has no default"),
        Faulty(
            north + "merge: {policy: latest}", line: 3,
            "'policy' must be 'precedence' or 'newest' or 'oldest' or 'union', not 'latest'"),
        Faulty(
            north + "merge:\n  applications:\n    shop: first", line: 5,
            "'shop' must be 'precedence' or 'newest' or 'oldest' or 'union', not 'first'"),
        Faulty(
            north + "merge:\n  applications: {}", line: 4, "'applications' is an empty mapping",
            remedy: "give it at least one entry"),
        Faulty(
            north + "merge: {shop: union}", line: 3, "unknown key 'shop' in 'merge'",
            remedy: "known keys: policy, applications, sources"),
    ]

    @Test("name the line of a mistake", arguments: mistakes)
    func namesLine(faulty: Faulty) { faulty.check() }
}

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

    static let mistakes = [
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
            remedy: "known keys: policy, applications"),
    ]

    @Test("name the line of a mistake", arguments: mistakes)
    func namesLine(faulty: Faulty) { faulty.check() }
}

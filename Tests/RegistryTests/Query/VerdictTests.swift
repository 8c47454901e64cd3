import Registry
import TestSupport
import Testing

@Suite("A verdict")
struct VerdictTests {
    private static let key: MicroserviceKey = "/shop/cart/1"

    /// What these sources, the strongest first, make of one instance, each with the time of its word; with another one
    /// beside it, of the source `better`.
    private func verdict(
        _ words: KeyValuePairs<SourceID, Int64>, _ policy: MergePolicy = .precedence,
        lists: [MergePolicies.List] = [], standings: [SourceID: Standing] = [:], isBesideBetter: Bool = false
    ) throws -> Verdict {
        var registry = MergedRegistry(
            precedence: Precedence(words.map(\.key) + ["better"]), policies: MergePolicies(policy, lists: lists))
        for (source, modified) in words {
            let said = Sample.instance("i", of: "a", note: source.name)
            let instance = Instance(
                ref: said.ref, status: .up, body: said.body, serviceIDRange: 0..<0, upstreamRevision: 1, origin: "",
                modified: modified)
            _ = registry.apply(
                RegistryDelta([Sample.microservice("a", Self.key)], instances: [instance]), from: source)
        }
        if isBesideBetter {
            let other = Sample.instance("j", of: "a", note: "")
            _ = registry.apply(
                RegistryDelta([Sample.microservice("a", Self.key)], instances: [other]), from: "better")
        }
        for (source, standing) in standings { _ = registry.give(standing, to: source) }
        let merged = try #require(registry.tables.microservice(Self.key))
        let instance = try #require(merged.everyInstance.first { $0.visible.id == "i" })
        return Verdict(on: instance, isVisible: merged.instance("i") != nil, by: .init(policy, lists: lists)) {
            standings[$0] ?? .full
        }
    }

    @Test("on a single word needs no reason, whatever the policy", arguments: MergePolicy.allCases)
    func single(_ policy: MergePolicy) throws {
        let found = try verdict(["north": 1], policy)
        #expect(found.reason == .only)
        #expect(found.obstacles == [nil])
    }

    @Test("names the order of the sources, or the policy where times differ")
    func policies() throws {
        let precedence = try verdict(["north": 1, "south": 2])
        #expect(precedence.reason == .precedence && precedence.obstacles == [nil, .precedence])
        let newest = try verdict(["north": 1, "south": 2], .newest)
        #expect(newest.reason == .newest && newest.obstacles == [nil, .newest])
        let oldest = try verdict(["north": 2, "south": 1], .oldest)
        #expect(oldest.reason == .oldest && oldest.obstacles == [nil, .oldest])
        #expect(try verdict(["north": 1, "south": 1], .newest).reason == .precedence)
    }

    @Test("names what decided within a list of sources, and what decided against it")
    func lists() throws {
        let lists = [MergePolicies.List(of: ["north", "west"], .newest)]
        let found = try verdict(["north": 1, "south": 5, "west": 2], lists: lists)
        #expect(found.reason == .newest && found.obstacles == [nil, .newest, .precedence])
        let behind = try verdict(["south": 5, "north": 1, "west": 2], lists: lists)
        #expect(behind.reason == .precedence && behind.obstacles == [nil, .precedence, .newest])
        let union = try verdict(
            ["north": 1, "south": 5, "west": 2], lists: [MergePolicies.List(of: ["north", "west"], .union)])
        #expect(union.reason == .union && union.obstacles == [nil, nil, .precedence])
    }

    @Test("of a union shows every word of the same worth")
    func union() throws {
        let found = try verdict(["north": 1, "south": 1, "west": 1], .union, standings: ["west": .demoted])
        #expect(found.reason == .union)
        #expect(found.obstacles == [nil, nil, .demoted])
    }

    @Test("names the standing that puts a word behind others, or hides the whole instance")
    func standing() throws {
        let behind = try verdict(["north": 2, "south": 1], .newest, standings: ["north": .dropped])
        #expect(behind.reason == .standing && behind.obstacles == [nil, .dropped])
        let alone = try verdict(["north": 1], standings: ["north": .demoted])
        #expect(alone.reason == .only && alone.obstacles == [nil])
        let hidden = try verdict(
            ["north": 1, "south": 1], standings: ["north": .dropped, "south": .demoted], isBesideBetter: true)
        #expect(hidden.reason == .standing && hidden.obstacles == [.demoted, .dropped])
        let marked = try verdict(
            ["north": 1, "south": 1], standings: ["north": .marked(since: UnixTime(nanoseconds: 1))])
        #expect(marked.reason == .precedence)
    }
}

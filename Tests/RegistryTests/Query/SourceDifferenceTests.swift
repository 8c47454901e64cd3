import Registry
import TestSupport
import Testing

@Suite("The difference of two sources")
struct SourceDifferenceTests {
    private static let cart: MicroserviceKey = "/shop/cart/1"
    private static let stock: MicroserviceKey = "/shop/stock/1"

    private func said(_ service: ServiceID, _ notes: [InstanceID: String], _ key: MicroserviceKey = cart)
        -> RegistryDelta
    {
        RegistryDelta(
            [Sample.microservice(service, key)],
            instances: notes.map { Sample.instance($0.key, of: service, note: $0.value) })
    }

    private func difference(
        _ words: [(SourceID, RegistryDelta)], limit: Int = 10, standing: Standing = .full
    ) -> SourceDifference {
        var registry = MergedRegistry(precedence: Precedence(["north", "south", "west"]))
        for (source, delta) in words { _ = registry.apply(delta, from: source) }
        _ = registry.give(standing, to: "south")
        return SourceDifference(in: registry.tables, from: "north", to: "south", limit: limit)
    }

    @Test("is what one has, what the other has, and what both say otherwise", arguments: [Standing.full, .dropped])
    func kinds(_ standing: Standing) {
        let found = difference(
            [
                ("north", said("a", ["both": "x", "changed": "x", "north": "x"])),
                ("south", said("a", ["both": "x", "changed": "y", "south": "x"])),
                ("south", said("s", ["t": "x"], Self.stock)),
                ("west", said("w", ["west": "x"])),
            ], standing: standing)
        #expect(found.microserviceTotals == [.onlyTo: 1])
        #expect(found.microservices.map(\.microservice) == [Self.stock])
        #expect(found.instanceTotals == [.onlyFrom: 1, .onlyTo: 2, .different: 1])
        #expect(found.instances.filter { $0.kind == .onlyFrom }.compactMap(\.instance) == ["north"])
        #expect(found.instances.filter { $0.kind == .onlyTo }.compactMap(\.instance) == ["south", "t"])
        let changed = found.instances.first { $0.kind == .different }
        #expect(changed?.instance == "changed")
        #expect(changed?.from != nil && changed?.to != nil && changed?.from?.body != changed?.to?.body)
    }

    @Test("takes instances for the same that differ in nothing but the ID of their microservice")
    func otherID() {
        let found = difference([("north", said("a", ["i": "x"])), ("south", said("bb", ["i": "x"]))])
        #expect(found.instanceTotals == [:])
        #expect(found.microserviceTotals == [.different: 1])
        #expect(found.microservices.first?.from?.service == "a" && found.microservices.first?.to?.service == "bb")
    }

    @Test("lists no more of each kind than it is asked for, and counts all")
    func bound() {
        let many = Dictionary(uniqueKeysWithValues: (0..<5).map { (InstanceID("i\($0)"), "x") })
        let found = difference(
            [
                ("north", said("a", many)), ("south", said("a", ["other": "x"])),
                ("north", said("n", ["more": "x"], Self.stock)),
            ], limit: 2)
        #expect(found.instanceTotals == [.onlyFrom: 6, .onlyTo: 1])
        #expect(found.instances.map(\.instance) == ["i0", "i1", "other"])
    }

    @Test("of two that say the same is nothing")
    func same() {
        let found = difference([("north", said("a", ["i": "x"])), ("south", said("a", ["i": "x"]))])
        #expect(found.microservices.isEmpty && found.instances.isEmpty)
        #expect(found.microserviceTotals.isEmpty && found.instanceTotals.isEmpty)
    }
}

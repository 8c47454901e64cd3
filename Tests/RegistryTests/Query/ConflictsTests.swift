import Registry
import TestSupport
import Testing

@Suite("Conflicts")
struct ConflictsTests {
    private static let cart: MicroserviceKey = "/shop/cart/1"

    /// The endpoint that the tests write into an instance's note.
    private static func endpoints(_ instance: Instance) -> [String] {
        let text = String(decoding: instance.body, as: UTF8.self)
        return text.matches(of: /rest:[^"]*/).map { String($0.0) }
    }

    private func conflicts(_ words: [(SourceID, RegistryDelta)], limit: Int = 10) -> Conflicts {
        var registry = MergedRegistry(precedence: Precedence(["north", "south"]))
        for (source, delta) in words { _ = registry.apply(delta, from: source) }
        return Conflicts(in: registry.tables, limit: limit, endpoints: Self.endpoints)
    }

    private func said(_ service: ServiceID, _ notes: [InstanceID: String] = [:], _ key: MicroserviceKey = cart)
        -> RegistryDelta
    {
        RegistryDelta(
            [Sample.microservice(service, key)],
            instances: notes.map { Sample.instance($0.key, of: service, note: $0.value) })
    }

    @Test("of IDs have the one that is served first, and are counted for every source with a side")
    func ids() {
        let found = conflicts([("south", said("b")), ("north", said("a"))])
        #expect(found.totals == [.serviceID: 1])
        #expect(found.listed[0].sides.map(\.service) == ["a", "b"])
        #expect(found.bySource == ["north": [.serviceID: 1], "south": [.serviceID: 1]])
        #expect(conflicts([("south", said("a")), ("north", said("a"))]).totals == [:])
    }

    @Test("of contents are those that differ in more than the microservice's ID")
    func contents() {
        let same = conflicts([("north", said("a", ["i": "x"])), ("south", said("bb", ["i": "x"]))])
        #expect(same.totals == [.serviceID: 1])
        let found = conflicts([("north", said("a", ["i": "x"])), ("south", said("a", ["i": "y"]))])
        #expect(found.totals == [.content: 1])
        #expect(found.listed[0].sides.map(\.source) == ["north", "south"])
        #expect(found.listed[0].sides.compactMap(\.instance).count == 2)
    }

    @Test("of endpoints are between instances of one tenant, whatever their microservices")
    func endpoints() {
        var other: MicroserviceKey = "/shop/stock/1"
        let found = conflicts([
            ("north", said("a", ["i": "rest://h:1", "j": "rest://h:1", "k": "rest://h:2"])),
            ("south", said("b", ["l": "rest://h:1"], other)),
        ])
        #expect(found.totals == [.endpoint: 1])
        #expect(found.listed[0].endpoint == "rest://h:1" && found.listed[0].sides.count == 3)
        #expect(found.bySource["south"] == [.endpoint: 1])
        other.name.tenant = "other/place"
        let apart = RegistryDelta(
            [Sample.microservice("b", other)],
            instances: [Sample.instance("l", of: "b", in: "other/place", note: "rest://h:1")])
        #expect(conflicts([("north", said("a", ["i": "rest://h:1"])), ("south", apart)]).totals == [:])
    }

    @Test("of endpoints have each instance once, however often it names one")
    func twice() {
        func found(_ notes: [InstanceID: String]) -> Conflicts {
            var registry = MergedRegistry(precedence: Precedence(["north"]))
            _ = registry.apply(said("a", notes), from: "north")
            return Conflicts(
                in: registry.tables, limit: 10, endpoints: { _ in ["rest://h:1", "rest://h:1", "rest://h:2"] })
        }
        #expect(found(["i": ""]).totals == [:])
        let two = found(["i": "", "j": ""])
        #expect(two.listed.map(\.endpoint) == ["rest://h:1", "rest://h:2"])
        #expect(two.listed.allSatisfy { $0.sides.compactMap(\.instance?.id) == ["i", "j"] })
    }

    @Test("are all counted, though only some are listed")
    func limit() {
        let notes = Dictionary(uniqueKeysWithValues: (0..<20).map { (InstanceID("i\($0)"), "x") })
        let found = conflicts(
            [("north", said("a", notes)), ("south", said("a", notes.mapValues { _ in "y" }))], limit: 3)
        #expect(found.totals == [.content: 20] && found.listed.count == 3)
    }

    @Test("are none where one source speaks alone, over random histories", arguments: 1...40 as ClosedRange<UInt64>)
    func alone(seed: UInt64) {
        let history = History(seed: seed)
        var registry = MergedRegistry(precedence: history.precedence)
        for step in history.interleaved(1) where step.source == history.sources[0] {
            _ = registry.apply(step.delta, from: step.source)
        }
        let found = Conflicts(in: registry.tables, limit: 10, endpoints: { _ in [] })
        // One source may still give one microservice several IDs.
        var several = 0
        registry.tables.forEachMicroservice { merged in
            if Set(merged.contributions.map(\.microservice.id)).count > 1 { several += 1 }
        }
        #expect(found.totals[.serviceID] ?? 0 == several)
        #expect(several > 0 || found.totals[.content] == nil)
    }
}

import Registry
import Testing

@Suite struct SourcesInRevisionsTests {
    private static let ref = ServiceRef(tenant: .default, id: ServiceID("s"))
    private static let key = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "cart"),
        version: "1.0.0")

    /// What both sources say, to the letter.
    private static func delta() -> RegistryDelta {
        var delta = RegistryDelta()
        delta.microservices = [
            Microservice(
                ref: ref, key: key, alias: "", allowsCrossApplication: false, body: Array("{}".utf8),
                upstreamRevision: 1, origin: "")
        ]
        let body = #"{"instanceId":"i","serviceId":"s"}"#
        delta.instances = [
            Instance(
                ref: InstanceRef(service: ref, id: InstanceID("i")), status: .up, body: Array(body.utf8),
                serviceIDRange: 31..<32, upstreamRevision: 1, origin: "")
        ]
        return delta
    }

    @Test("an answer that names the sources has another revision when another source's word counts")
    func failover() throws {
        var registry = MergedRegistry(precedence: Precedence([SourceID("a"), SourceID("b")]))
        for source in ["a", "b"] { _ = registry.apply(SourcesInRevisionsTests.delta(), from: SourceID(source)) }
        let before = try #require(registry.tables.microservice(SourcesInRevisionsTests.key))
        _ = registry.retire(SourceID("a"))
        let after = try #require(registry.tables.microservice(SourcesInRevisionsTests.key))
        #expect(ContentRevision(of: [before]) == ContentRevision(of: [after]))
        #expect(
            ContentRevision(of: [before], namingSources: true) != ContentRevision(of: [after], namingSources: true))
    }

    @Test("a consumer that invents version rules is remembered with a bounded number of them")
    func bounded() {
        var registry = MergedRegistry(precedence: Precedence([]))
        let consumer = SourcesInRevisionsTests.key
        for number in 0..<MergedRegistry.maxRelations {
            let isNew = registry.relate(consumer, to: ProviderRule(name: consumer.name, version: "\(number)+"))
            #expect(isNew)
        }
        let isTaken = registry.relate(consumer, to: ProviderRule(name: consumer.name, version: "one too many"))
        #expect(!isTaken)
        #expect(registry.tables.relations(of: consumer).count == MergedRegistry.maxRelations)
    }
}

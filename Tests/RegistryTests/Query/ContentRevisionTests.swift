import Registry
import Testing

@Suite struct ContentRevisionTests {
    @Test(arguments: MergeLawTests.blocks)
    func `Equal content has the same revision in any order of arrival`(seeds: Range<UInt64>) {
        for seed in seeds {
            let history = History(seed: seed)
            let orders = [history.interleaved(1), history.weakestFirst]
            let revisions = orders.map { ContentRevision(of: sorted(history.registry(after: $0))) }
            #expect(Set(revisions).count == 1, "seed \(seed)")
        }
    }

    @Test(arguments: MergeLawTests.blocks)
    func `Content and revision change together, and come back together`(seeds: Range<UInt64>) {
        for seed in seeds where seed % 4 == 0 {
            let history = History(seed: seed)
            var registry = MergedRegistry(precedence: history.precedence)
            var contents: [ContentRevision: [String]] = [:]
            var revisions: [[String]: ContentRevision] = [:]
            for step in history.interleaved(3) {
                _ = registry.apply(step.delta, from: step.source)
                let microservices = sorted(registry)
                let (content, revision) = (text(microservices), ContentRevision(of: microservices))
                #expect(contents[revision, default: content] == content, "seed \(seed): one revision, two contents")
                #expect(revisions[content, default: revision] == revision, "seed \(seed): one content, two revisions")
                contents[revision] = content
                revisions[content] = revision
            }
        }
    }

    @Test func `One instance's revision follows its content and the ID that it is served under`() {
        let instance = merged(Sample.instance("i1", of: "s1"))
        let revision = ContentRevision(of: instance, servedUnder: "s1")
        #expect(revision == ContentRevision(of: merged(Sample.instance("i1", of: "s1")), servedUnder: "s1"))
        #expect(revision != ContentRevision(of: instance, servedUnder: "s2"))
        #expect(
            revision != ContentRevision(of: merged(Sample.instance("i1", of: "s1", note: "down")), servedUnder: "s1"))
        let elsewhere = merged(Sample.instance("i1", of: "s1"), in: "b")
        #expect(revision == ContentRevision(of: elsewhere, servedUnder: "s1"))
        #expect(
            ContentRevision(of: instance, servedUnder: "s1", namingSource: true)
                != ContentRevision(of: elsewhere, servedUnder: "s1", namingSource: true))
    }

    /// An instance that one source alone has.
    private func merged(_ instance: Instance, in source: String = "a") -> MergedInstance {
        let name = MicroserviceName(tenant: .default, environment: "", application: "shop", name: "cart")
        let key = MicroserviceKey(name: name, version: "1.0.0")
        var registry = MergedRegistry(precedence: Precedence([]))
        var delta = RegistryDelta()
        delta.microservices = [Sample.microservice(instance.ref.service.id, key)]
        delta.instances = [instance]
        _ = registry.apply(delta, from: SourceID(source))
        guard let found = registry.tables.microservice(instance.ref.service)?.instance(instance.id) else {
            preconditionFailure("the instance is visible")
        }
        return found
    }

    @Test func `A revision is written as 32 hexadecimal digits, for no content too`() {
        #expect(ContentRevision(of: []).description == String(repeating: "0", count: 32))
        let text = ContentRevision(of: merged(Sample.instance("i1", of: "s1")), servedUnder: "s1").description
        #expect(text.count == 32)
        #expect(text.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    private func sorted(_ registry: MergedRegistry) -> [MergedMicroservice] {
        registry.tables.microservices.map(\.value).sorted { $0.key < $1.key }
    }

    /// What an answer with these microservices contains.
    private func text(_ microservices: [MergedMicroservice]) -> [String] {
        microservices.filter { !$0.instances.isEmpty }.map { merged in
            "\(merged.canonicalID) \(merged.instances.map { String(decoding: $0.visible.body, as: UTF8.self) })"
        }
    }
}

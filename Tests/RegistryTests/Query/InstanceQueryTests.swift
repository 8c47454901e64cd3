import Registry
import Testing

@Suite struct InstanceQueryTests {
    private let registry = MergedRegistry.holding(
        RegistryDelta(
            [
                Sample.microservice("web", "/shop/web/1.0"), Sample.microservice("cart1", "/shop/cart/1.0"),
                Sample.microservice("cart2", "/shop/cart/2.0", alias: "basket"),
                Sample.microservice("cart3", "/shop/cart/3.0", alias: "basket"),
                Sample.microservice("testweb", "testing/shop/web/1.0"),
                Sample.microservice("testcart", "testing/shop/cart/1.0"),
                Sample.microservice("bank", "/bank/account/1.0"),
                Sample.microservice("center", "production/default/SERVICECENTER/3.0"),
            ],
            instances: [Sample.instance("i1", of: "cart1"), Sample.instance("i2", of: "cart2")],
            attachments: [Sample.tags(["zone": "z1", "tier": "gold"], of: "cart1")]))

    @Test(arguments: [
        ("cart", "latest", ["3.0"]),
        ("cart", "0+", ["3.0", "2.0", "1.0"]),
        ("cart", "1.0-3.0", ["2.0", "1.0"]),
        ("cart", "1.0", ["1.0"]),
        ("basket", "latest", ["3.0"]),
        ("basket", "0+", ["3.0", "2.0"]),
        ("basket", "2.0", ["2.0"]),
    ])
    func `A name or an alias and a rule find these versions`(name: String, rule: String, versions: [String]) throws {
        #expect(try found(query(name, rule, from: "web")) == versions)
        #expect(try found(query(name, rule)) == versions)
    }

    @Test func `An alias is asked for an exact version that the name does not have, and for no other rule`() throws {
        var registry = registry
        let named = Sample.microservice("basket", "/shop/basket/9.0")
        _ = registry.apply(RegistryDelta([named]), from: "home")
        let tables = registry.tables
        #expect(try versions(query("basket", "9.0").answer(from: tables)) == ["9.0"])
        #expect(try versions(query("basket", "2.0").answer(from: tables)) == ["2.0"])
        #expect(try versions(query("basket", "latest").answer(from: tables)) == ["9.0"])
        #expect(try versions(query("basket", "1.0-3.0").answer(from: tables)) == [])
    }

    @Test func `Only providers with all the tags are found`() throws {
        #expect(try found(query("cart", "0+", tags: ["zone"])) == ["1.0"])
        #expect(try found(query("cart", "0+", tags: ["zone", "tier"])) == ["1.0"])
        #expect(try found(query("cart", "0+", tags: ["zone", "other"])) == [])
    }

    @Test func `The consumer's environment wins over the one that is asked for`() throws {
        var question = query("cart", "0+", from: "testweb")
        #expect(try providers(question.answer(from: registry.tables)).map(\.canonicalID) == ["testcart"])
        question.environment = ""
        #expect(try providers(question.answer(from: registry.tables)).map(\.canonicalID) == ["testcart"])
        question.consumer = nil
        #expect(try providers(question.answer(from: registry.tables)).count == 3)
        question.environment = "testing"
        #expect(try providers(question.answer(from: registry.tables)).map(\.canonicalID) == ["testcart"])
    }

    @Test func `An unknown consumer is told so before anything else`() {
        guard case .consumerUnknown = query("nothing", "0+", from: "ghost").answer(from: registry.tables) else {
            Issue.record("the consumer is known")
            return
        }
        var elsewhere = query("cart", "0+", from: "web")
        elsewhere.tenant = "other/place"
        guard case .consumerUnknown = elsewhere.answer(from: registry.tables) else {
            Issue.record("a consumer is known in another tenant")
            return
        }
    }

    @Test(arguments: [("nothing", "0+"), ("nothing", "1.0"), ("cart", "7.7"), ("basket", "1.0")])
    func `An unknown provider is told with the consumer who asked`(name: String, rule: String) {
        guard case .providerUnknown(let consumer) = query(name, rule, from: "web").answer(from: registry.tables),
            case .providerUnknown(nil) = query(name, rule).answer(from: registry.tables)
        else {
            Issue.record("the provider is known")
            return
        }
        #expect(consumer?.canonicalID == "web")
    }

    @Test func `A known name without a version that fits is found, with no providers and no relation`() throws {
        let answer = query("cart", "7.0+", from: "web").answer(from: registry.tables)
        #expect(try versions(answer) == [])
        #expect(try relation(answer) == nil)
    }

    @Test func `A provider of another application that did not consent is not among the answers`() throws {
        var question = query("account", "0+", from: "web")
        question.application = "bank"
        let answer = question.answer(from: registry.tables)
        #expect(try versions(answer) == [])
        #expect(try relation(answer) == nil)
        question.consumer = nil
        #expect(try found(question) == ["1.0"])
    }

    @Test func `The relation is of the real name, with the rule as it was written`() throws {
        let answer = query("basket", "0+", from: "web").answer(from: registry.tables)
        let related = try #require(try relation(answer))
        #expect(related.consumer == "/shop/web/1.0")
        #expect(related.rule == ProviderRule(name: "/shop/cart", version: "0+"))
        #expect(try relation(query("basket", "0+").answer(from: registry.tables)) == nil)
    }

    @Test func `A question about the registry's own microservice is told from others, whatever tenant asks it`() {
        var question = query("SERVICECENTER", "latest", from: "ghost")
        #expect(!question.isAboutRegistry)
        question.tenant = "other/place"
        question.application = "default"
        #expect(question.isAboutRegistry)
    }
}

extension InstanceQueryTests {
    private func query(
        _ name: String, _ rule: String, from consumer: ServiceID? = nil, tags: [String] = []
    ) -> InstanceQuery {
        InstanceQuery(
            consumer: consumer, tenant: .default, environment: "", application: "shop", name: name, versionText: rule,
            version: VersionRule(rule) ?? .latest, tags: tags)
    }

    private func found(_ query: InstanceQuery) throws -> [String] { try versions(query.answer(from: registry.tables)) }

    private func versions(_ answer: InstanceQuery.Answer) throws -> [String] {
        try providers(answer).map(\.key.version)
    }

    private func providers(_ answer: InstanceQuery.Answer) throws -> [MergedMicroservice] {
        try #require(answer.found).providers
    }

    private func relation(_ answer: InstanceQuery.Answer) throws -> InstanceQuery.Relation? {
        try #require(answer.found).relation
    }
}

extension InstanceQuery.Answer {
    fileprivate var found: InstanceQuery.Found? { if case .found(let found) = self { found } else { nil } }
}

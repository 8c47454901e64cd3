import Registry
import Testing

@Suite struct AccessControlTests {
    typealias Rule = (kind: AccessRule.Kind, attribute: String, pattern: String)

    @Test func `Without rules everybody of the application and environment may find a provider`() {
        #expect(allows(consumer: "/shop/web/1.0", provider: "/shop/cart/1.0"))
    }

    @Test func `Another application needs the provider's consent`() {
        #expect(!allows(consumer: "/bank/web/1.0", provider: "/shop/cart/1.0"))
        #expect(allows(consumer: "/bank/web/1.0", provider: "/shop/cart/1.0", isOpen: true))
    }

    @Test func `Another environment is refused, with consent too`() {
        #expect(!allows(consumer: "testing/shop/web/1.0", provider: "/shop/cart/1.0", isOpen: true))
        #expect(!allows(consumer: "/shop/web/1.0", provider: "testing/shop/cart/1.0", isOpen: true))
    }

    @Test func `The shared microservice is found from every environment, and from other applications with consent`() {
        let shared: MicroserviceKey = "/default/SERVICECENTER/1.0"
        #expect(allows(consumer: "testing/default/web/1.0", provider: shared))
        #expect(!allows(consumer: "testing/shop/web/1.0", provider: shared))
        #expect(allows(consumer: "testing/shop/web/1.0", provider: shared, isOpen: true))
    }

    @Test(arguments: [
        ("default/default", "default", "SERVICECENTER", true),
        ("other/place", "default", "SERVICECENTER", false),
        ("default/default", "shop", "SERVICECENTER", false),
        ("default/default", "default", "servicecenter", false),
    ])
    func `Shared is one name of the default tenant`(tenant: String, application: String, name: String, isShared: Bool) {
        let name = MicroserviceName(
            tenant: Tenant(stringLiteral: tenant), environment: "testing", application: application, name: name)
        #expect(name.isShared == isShared)
    }

    @Test(arguments: [
        ("ServiceId", "^web-id$"), ("AppId", "^shop$"), ("ServiceName", "^web$"), ("ServiceName", "e"),
        ("Version", "^1\\.0$"), ("Environment", "^testing$"), ("Alias", "^front$"), ("Description", "pages"),
        ("Level", "^FRONT$"), ("Status", "^UP$"), ("tag_zone", "^z1$"),
    ])
    func `A pattern that is found in the attribute puts the consumer on the list`(attribute: String, pattern: String) {
        #expect(!decides([(.black, attribute, pattern)]))
        #expect(decides([(.white, attribute, pattern)]))
    }

    @Test(arguments: [
        ("ServiceName", "^cart$"), ("tag_zone", "z2"), ("tag_none", ".*"), ("Unknown", ".*"), ("", ".*"),
        ("tag_", ".*"), ("serviceName", "web"), ("ServiceName", "("), ("ServiceName", "[a"), ("ServiceName", "*"),
    ])
    func `Another value, an unknown attribute and a broken pattern put nobody on the list`(
        attribute: String, pattern: String
    ) {
        #expect(decides([(.black, attribute, pattern)]))
        #expect(!decides([(.white, attribute, pattern)]))
    }

    @Test func `One rule that matches is enough`() {
        let rules: [Rule] = [(.black, "ServiceName", "nobody"), (.black, "AppId", "shop")]
        #expect(!decides(rules))
        #expect(decides(rules.map { (.white, $0.attribute, $0.pattern) }))
    }

    @Test func `The rule with the lowest ID decides whether the list is black or white`() {
        #expect(!decides([(.black, "ServiceName", "nobody"), (.white, "ServiceName", "web")]))
        #expect(decides([(.white, "ServiceName", "nobody"), (.black, "ServiceName", "web")]))
    }

    @Test func `Every source's rules count, and of one rule the strongest source's word`() {
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]))
        let rule = AccessRule(kind: .black, attribute: "ServiceName", pattern: "web")
        let consumer = Sample.microservice("web", "/shop/web/1.0")
        let provider = Sample.microservice("cart", "/shop/cart/1.0")
        let weak = RegistryDelta([consumer, provider], attachments: [Sample.rule(rule, number: 1, of: "cart")])
        _ = registry.apply(weak, from: "weak")
        _ = registry.apply(RegistryDelta([provider]), from: "strong")
        #expect(!allows(in: registry, "/shop/web/1.0", "/shop/cart/1.0"))
        let milder = AccessRule(kind: .black, attribute: "ServiceName", pattern: "nobody")
        _ = registry.apply(RegistryDelta(attachments: [Sample.rule(milder, number: 1, of: "cart")]), from: "strong")
        #expect(allows(in: registry, "/shop/web/1.0", "/shop/cart/1.0"))
    }

    /// Whether a consumer that has every attribute may find a provider with these rules.
    private func decides(_ rules: [Rule]) -> Bool {
        let consumer = Sample.microservice(
            "web-id", "testing/shop/web/1.0", alias: "front",
            traits: .init(description: "shows pages", level: "FRONT", status: "UP"))
        let attachments = rules.enumerated().map { number, rule in
            let rule = AccessRule(kind: rule.kind, attribute: rule.attribute, pattern: rule.pattern)
            return Sample.rule(rule, number: number, of: "cart-id")
        }
        let delta = RegistryDelta(
            [consumer, Sample.microservice("cart-id", "testing/shop/cart/1.0")],
            attachments: attachments + [Sample.tags(["zone": "z1"], of: "web-id")])
        return allows(in: .holding(delta), "testing/shop/web/1.0", "testing/shop/cart/1.0")
    }

    private func allows(consumer: MicroserviceKey, provider: MicroserviceKey, isOpen: Bool = false) -> Bool {
        let delta = RegistryDelta([
            Sample.microservice("c", consumer), Sample.microservice("p", provider, allowsCrossApplication: isOpen),
        ])
        return allows(in: .holding(delta), consumer, provider)
    }

    private func allows(
        in registry: MergedRegistry, _ consumer: MicroserviceKey, _ provider: MicroserviceKey
    ) -> Bool {
        guard let consumer = registry.tables.microservice(consumer),
            let provider = registry.tables.microservice(provider)
        else { return false }
        return AccessControl.allows(consumer, toFind: provider)
    }
}

import Registry
import Testing

@Suite struct WatchFilterTests {
    private let web: MicroserviceKey = "/shop/web/1.0"

    /// A consumer and a provider in three versions.
    private let registry = MergedRegistry.holding(
        RegistryDelta([
            Sample.microservice("web", "/shop/web/1.0"), Sample.microservice("cart1", "/shop/cart/1.0"),
            Sample.microservice("cart2", "/shop/cart/2.0"), Sample.microservice("cart2b", "/shop/cart/2"),
        ]))

    @Test(arguments: [
        ("latest", ["2.0", "2"]),
        ("1.0+", ["1.0", "2.0", "2"]),
        ("1.0-2.0", ["1.0"]),
        ("2.0", ["2.0"]),
        ("no rule", []),
    ])
    func `A consumer hears of the versions that its rule covers`(version: String, heard: [String]) {
        let filter = filter("/shop/cart", version)
        let hearing = ["1.0", "2.0", "2"].filter { filter.hears(of: cart($0), in: registry.tables) }
        #expect(hearing == heard)
    }

    @Test func `It hears of no other name, application, environment or tenant`() {
        let filter = filter("/shop/cart", "0+")
        for other: MicroserviceKey in ["/shop/stock/1.0", "/bank/cart/1.0", "testing/shop/cart/1.0"] {
            #expect(!filter.hears(of: other, in: registry.tables))
        }
        var elsewhere = cart("1.0")
        elsewhere.name.tenant = "other/place"
        #expect(!filter.hears(of: elsewhere, in: registry.tables))
    }

    @Test func `Of a provider that is gone everybody hears who depended on it`() {
        let filter = filter("/shop/cart", "2.0+")
        #expect(filter.hears(of: cart("2.1"), in: registry.tables))
        #expect(!filter.hears(of: cart("1.9"), in: registry.tables))
    }

    @Test func `The end of what was the latest is heard, before and after the next one takes its place`() {
        var registry = registry
        let filter = filter("/shop/cart", "latest")
        #expect(filter.hears(of: cart("3.0"), in: registry.tables))
        for id: ServiceID in ["cart1", "cart2", "cart2b"] {
            var removal = RegistryDelta()
            removal.removedMicroservices = [ServiceRef(tenant: .default, id: id)]
            _ = registry.apply(removal, from: "home")
        }
        #expect(filter.hears(of: cart("1.0"), in: registry.tables))
    }

    @Test func `The rule for everything covers its tenant and the consumer's environment, whatever the version`() {
        let filter = filter("/any/*", "")
        #expect(filter.names == nil)
        #expect(filter.hears(of: cart("1.0"), in: registry.tables))
        #expect(filter.hears(of: "/shop/stock/0.1", in: registry.tables))
        #expect(!filter.hears(of: "testing/shop/cart/1.0", in: registry.tables))
        var elsewhere = cart("1.0")
        elsewhere.name.tenant = "other/place"
        #expect(!filter.hears(of: elsewhere, in: registry.tables))
    }

    @Test func `Access counts as it is now`() {
        var registry = registry
        let filter = filter("/shop/cart", "1.0")
        #expect(filter.hears(of: cart("1.0"), in: registry.tables))
        let rule = AccessRule(kind: .black, attribute: "ServiceName", pattern: "^web$")
        _ = registry.apply(RegistryDelta(attachments: [Sample.rule(rule, of: "cart1")]), from: "home")
        #expect(!filter.hears(of: cart("1.0"), in: registry.tables))
    }

    @Test func `A consumer that is not registered hears what its rules cover`() {
        let filter = WatchFilter(
            consumer: "/elsewhere/ghost/1.0", rules: [ProviderRule(name: "/shop/cart", version: "1.0")])
        #expect(filter.hears(of: cart("1.0"), in: registry.tables))
    }

    @Test func `Names are those of all rules, and none without rules`() {
        let rules = [
            ProviderRule(name: "/shop/cart", version: "1.0"), ProviderRule(name: "/shop/cart", version: "2.0"),
            ProviderRule(name: "/shop/stock", version: "latest"),
        ]
        let filter = WatchFilter(consumer: web, rules: rules)
        #expect(filter.names == ["/shop/cart", "/shop/stock"])
        let silent = WatchFilter(consumer: web, rules: [])
        #expect(silent.names == [])
        #expect(!silent.hears(of: cart("1.0"), in: registry.tables))
    }

    private func filter(_ name: MicroserviceName, _ version: String) -> WatchFilter {
        WatchFilter(consumer: web, rules: [ProviderRule(name: name, version: version)])
    }

    private func cart(_ version: String) -> MicroserviceKey { MicroserviceKey(name: "/shop/cart", version: version) }
}

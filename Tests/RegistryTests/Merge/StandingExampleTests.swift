import Registry
import Testing

/// The standings one by one, as an operator declares them.
@Suite struct StandingExampleTests {
    private let cart: MicroserviceKey = "/shop/cart/1.0"

    @Test func `A demoted source's instances are seen only where no better source has any`() {
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]))
        _ = registry.apply(delta(["i1", "i2"]), from: "strong")
        #expect(told(registry.give(.demoted, to: "strong")) == [])
        let heard = told(registry.apply(delta(["i3"]), from: "weak"))
        #expect(heard == ["CREATE i3 weak", "DELETE i1 strong", "DELETE i2 strong"])
        #expect(told(registry.give(.full, to: "strong")) == ["CREATE i1 strong", "CREATE i2 strong"])
    }

    @Test func `A demoted source's word of a shared instance gives way to a weaker source's`() {
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]))
        _ = registry.apply(delta(["i1"]), from: "strong")
        _ = registry.apply(delta(["i1"], note: "weak"), from: "weak")
        #expect(told(registry.give(.demoted, to: "strong")) == ["UPDATE i1 weak"])
        #expect(told(registry.give(.full, to: "strong")) == ["UPDATE i1 strong"])
    }

    @Test func `A dropped source's instances leave, its microservices stay known`() {
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]))
        _ = registry.apply(delta(["i1"]), from: "weak")
        #expect(told(registry.give(.dropped, to: "weak")) == ["DELETE i1 weak"])
        #expect(registry.tables.microservice(cart)?.instances.count == 0)
        #expect(registry.counts(of: "weak").instances == 1)
        #expect(told(registry.give(.full, to: "weak")) == ["CREATE i1 weak"])
    }

    private func delta(_ instances: [InstanceID], note: String = "") -> RegistryDelta {
        RegistryDelta(
            [Sample.microservice("s1", cart)], instances: instances.map { Sample.instance($0, of: "s1", note: note) })
    }

    private func told(_ outcome: MergeOutcome) -> [String] {
        outcome.instances.map { "\($0.action.rawValue) \($0.instance.id) \($0.source)" }
    }
}

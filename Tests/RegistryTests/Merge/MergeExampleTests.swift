import Registry
import Testing

/// The laws' corners, one by one: what exactly a watcher hears.
@Suite struct MergeExampleTests {
    private let cart: MicroserviceKey = "/shop/cart/1.0"

    @Test func `When a stronger source brings its own ID every instance is told under it`() {
        var registry = registry()
        _ = registry.apply(delta("weak-id", ["i1", "i2"]), from: "weak")
        let outcome = registry.apply(delta("strong-id", []), from: "strong")
        #expect(told(outcome) == ["UPDATE i1 strong-id weak", "UPDATE i2 strong-id weak"])
        #expect(outcome.microservices == [.update: 1])
        #expect(registry.counts(of: "weak").visibleMicroservices == 0)
        #expect(registry.counts(of: "strong").visibleMicroservices == 1)
        #expect(registry.counts(of: "weak").visibleInstances == 2)
    }

    @Test func `What waits for its microservice is found by its ID, the strongest source's word first`() {
        var registry = registry()
        for source in ["weak", "strong"] as [SourceID] {
            _ = registry.apply(RegistryDelta(instances: [Sample.instance("i1", of: "b")]), from: source)
            _ = registry.apply(RegistryDelta(instances: [Sample.instance("i1", of: "a")]), from: source)
        }
        let found = registry.orphans("i1").map { "\($0.source) \($0.instance.ref.service.id)" }
        #expect(found == ["strong a", "strong b", "weak a", "weak b"])
        _ = registry.apply(delta("a", []), from: "strong")
        #expect(registry.orphans("i1").map { "\($0.source)" } == ["strong", "weak", "weak"])
        #expect(registry.orphans("i2").isEmpty)
    }

    @Test func `When the stronger source withdraws its microservice the weaker one's ID is told again`() {
        var registry = registry()
        _ = registry.apply(delta("weak-id", ["i1"]), from: "weak")
        _ = registry.apply(delta("strong-id", ["i2"]), from: "strong")
        var withdrawal = RegistryDelta()
        withdrawal.removedMicroservices = [ServiceRef(tenant: .default, id: "strong-id")]
        let outcome = registry.apply(withdrawal, from: "strong")
        #expect(told(outcome) == ["DELETE i2 strong-id strong", "UPDATE i1 weak-id weak"])
        #expect(registry.counts(of: "strong").orphans == 1)
    }

    @Test func `A weaker source's word of an instance is heard only when the stronger one is silent`() {
        var registry = registry()
        _ = registry.apply(delta("s1", ["i1"]), from: "strong")
        let shadowed = registry.apply(delta("s1", ["i1"]), from: "weak")
        #expect(shadowed.instances.isEmpty)
        #expect(registry.counts(of: "weak").visibleInstances == 0)
        #expect(registry.counts(of: "weak").instances == 1)
        var removal = RegistryDelta()
        removal.removedInstances = [InstanceRef(service: ServiceRef(tenant: .default, id: "s1"), id: "i1")]
        let outcome = registry.apply(removal, from: "strong")
        #expect(told(outcome) == ["UPDATE i1 s1 weak"])
        #expect(registry.tables.instanceCount == 1)
        #expect(told(registry.apply(removal, from: "weak")) == ["DELETE i1 s1 weak"])
    }

    @Test func `Instances that come before their microservice wait for it`() {
        var registry = registry()
        let early = registry.apply(RegistryDelta(instances: [Sample.instance("i1", of: "s1")]), from: "weak")
        #expect(!early.isVisible)
        #expect(registry.counts(of: "weak").orphans == 1)
        let outcome = registry.apply(delta("s1", []), from: "weak")
        #expect(told(outcome) == ["CREATE i1 s1 weak"])
        #expect(registry.counts(of: "weak").orphans == 0)
    }

    @Test func `An ID that moves to another key takes its instances with it`() {
        var registry = registry()
        _ = registry.apply(delta("s1", ["i1"]), from: "weak")
        let moved = RegistryDelta([Sample.microservice("s1", "/shop/cart/2.0")])
        let outcome = registry.apply(moved, from: "weak")
        #expect(outcome.instances.map(\.action) == [.delete, .create])
        #expect(outcome.instances.map(\.microservice.version) == ["1.0", "2.0"])
        #expect(outcome.microservices == [.create: 1, .delete: 1])
        #expect(registry.tables.microserviceCount == 1)
    }

    @Test func `Two microservices that swap their IDs keep their instances, and each is told once`() {
        var registry = registry()
        _ = registry.apply(swapping(cart: "s1", stock: "s2"), from: "weak")
        var swapped = swapping(cart: "s2", stock: "s1")
        swapped.removedInstances = [instance("i1", of: "s1"), instance("i2", of: "s2")]
        let outcome = registry.apply(swapped, from: "weak")
        #expect(told(outcome).sorted() == ["UPDATE i1 s2 weak", "UPDATE i2 s1 weak"])
        #expect(registry.tables.instanceCount == 2)
    }

    @Test func `What ends and begins in one step and is the same in the end was nothing`() {
        var registry = registry()
        _ = registry.apply(delta("s1", ["i1"]), from: "strong")
        _ = registry.apply(delta("s1", ["i1"]), from: "weak")
        var moved = delta("s2", ["i2"])
        moved.removedMicroservices = [ServiceRef(tenant: .default, id: "s1")]
        moved.instances += [Sample.instance("i1", of: "s1")]
        #expect(told(registry.apply(moved, from: "weak")) == ["CREATE i2 s1 weak"])
    }

    @Test func `What waited for its microservice and says something else in the same step is told once`() {
        var registry = registry()
        _ = registry.apply(RegistryDelta(instances: [Sample.instance("i1", of: "s1", note: "old")]), from: "weak")
        var both = delta("s1", [])
        both.instances = [Sample.instance("i1", of: "s1", note: "new")]
        let outcome = registry.apply(both, from: "weak")
        #expect(told(outcome) == ["CREATE i1 s1 weak"])
        #expect(outcome.instances.allSatisfy { String(decoding: $0.instance.body, as: UTF8.self).contains("new") })
    }

    @Test func `An ID that two sources give to two keys means the stronger source's key`() {
        var registry = registry()
        _ = registry.apply(RegistryDelta([Sample.microservice("s1", "/shop/stock/1.0")]), from: "weak")
        _ = registry.apply(delta("s1", []), from: "strong")
        let ref = ServiceRef(tenant: .default, id: "s1")
        #expect(registry.tables.microservice(ref)?.key == cart)
        _ = registry.retire("strong")
        #expect(registry.tables.microservice(ref)?.key == "/shop/stock/1.0")
    }

    @Test func `Removing what is not there changes nothing and is not visible`() {
        var registry = registry()
        _ = registry.apply(delta("s1", ["i1"]), from: "strong")
        let ref = ServiceRef(tenant: .default, id: "s1")
        var removal = RegistryDelta()
        removal.removedInstances = [InstanceRef(service: ref, id: "i2")]
        removal.removedAttachments = [(ref, .tags), (ServiceRef(tenant: .default, id: "s2"), .tags)]
        removal.removedMicroservices = [ServiceRef(tenant: .default, id: "s2")]
        removal.removedDependencies = [cart]
        for source: SourceID in ["strong", "weak"] {
            let outcome = registry.apply(removal, from: source)
            #expect(!outcome.isVisible)
            #expect(outcome.consumers.isEmpty)
        }
    }

    @Test func `A consumer's look-up is remembered once`() {
        var registry = registry()
        let rule = ProviderRule(name: cart.name, version: "latest")
        let isNew = (1...3).map { _ in registry.relate("/shop/web/1.0", to: rule) }
        #expect(isNew == [true, false, false])
        #expect(registry.tables.providers(of: "/shop/web/1.0") == [rule])
    }

    @Test func `A consumer's look-ups go with it, when the last source has withdrawn it`() {
        var registry = registry()
        for source: SourceID in ["strong", "weak"] { _ = registry.apply(delta("s1", []), from: source) }
        let rule = ProviderRule(name: "/shop/stock", version: "latest")
        _ = registry.relate(cart, to: rule)
        let first = registry.retire("strong")
        #expect(first.consumers.isEmpty)
        #expect(registry.tables.relations(of: cart) == [rule])
        let last = registry.retire("weak")
        #expect(last.consumers == [cart])
        #expect(registry.tables.relations(of: cart) == [])
    }

    @Test func `A consumer depends on what every source says and on what it looked up, each once`() {
        var registry = registry()
        let rules = ["1.0", "2.0", "3.0"].map { ProviderRule(name: cart.name, version: $0) }
        let web: MicroserviceKey = "/shop/web/1.0"
        _ = registry.relate(web, to: rules[2])
        let weak = registry.apply(RegistryDelta(dependencies: [Sample.dependency(web, on: rules)]), from: "weak")
        #expect(weak.consumers == [web])
        _ = registry.apply(RegistryDelta(dependencies: [Sample.dependency(web, on: [rules[0]])]), from: "strong")
        #expect(registry.tables.providers(of: web) == [rules[2], rules[0], rules[1]])
        var removal = RegistryDelta()
        removal.removedDependencies = [web]
        let outcome = registry.apply(removal, from: "weak")
        #expect(outcome.consumers == [web])
        #expect(registry.tables.providers(of: web) == [rules[2], rules[0]])
    }

    private func registry() -> MergedRegistry { MergedRegistry(precedence: Precedence(["strong", "weak"])) }

    private func delta(_ id: ServiceID, _ instances: [InstanceID]) -> RegistryDelta {
        RegistryDelta([Sample.microservice(id, cart)], instances: instances.map { Sample.instance($0, of: id) })
    }

    private func swapping(cart: ServiceID, stock: ServiceID) -> RegistryDelta {
        RegistryDelta(
            [Sample.microservice(cart, self.cart), Sample.microservice(stock, "/shop/stock/1.0")],
            instances: [Sample.instance("i1", of: cart), Sample.instance("i2", of: stock)])
    }

    private func instance(_ id: InstanceID, of service: ServiceID) -> InstanceRef {
        InstanceRef(service: ServiceRef(tenant: .default, id: service), id: id)
    }

    private func told(_ outcome: MergeOutcome) -> [String] {
        outcome.instances.map { "\($0.action.rawValue) \($0.instance.id) \($0.canonicalID) \($0.source)" }
    }
}

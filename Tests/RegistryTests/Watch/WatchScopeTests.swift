import Registry
import Testing

@Suite struct WatchScopeTests {
    @Test func `A scope covers what has all of its parts`() {
        let key: MicroserviceKey = "/shop/cart/1.0"
        #expect(WatchScope().covers(key))
        #expect(
            WatchScope(domain: "default", project: "default", application: "shop", microservice: "cart").covers(key))
        #expect(!WatchScope(domain: "other").covers(key))
        #expect(!WatchScope(project: "other").covers(key))
        #expect(!WatchScope(application: "bank").covers(key))
        #expect(!WatchScope(microservice: "stock").covers(key))
        #expect(WatchScope(source: "a").covers(key, from: "a"))
        #expect(!WatchScope(source: "b").covers(key, from: "a"))
    }

    @Test func `An instance that passes from one source to another comes here and goes there`() {
        var registry = MergedRegistry(precedence: Precedence(["strong", "weak"]))
        let instance = Sample.instance("i", of: "s")
        func say(_ source: SourceID, removes: Bool = false) -> [VisibleChange] {
            var delta = RegistryDelta([Sample.microservice("s", "/shop/cart/1.0")], instances: [instance])
            if removes { delta = RegistryDelta() }
            if removes { delta.removedInstances = [instance.ref] }
            return registry.apply(delta, from: source).instances
        }
        func seen(_ changes: [VisibleChange], from source: String?) -> [VisibleChange.Action] {
            changes.compactMap { WatchScope(source: source).action(of: $0) }
        }
        let steps = [say("weak"), say("strong"), say("strong", removes: true), say("weak", removes: true)]
        #expect(steps.map { seen($0, from: "weak") } == [[.create], [.delete], [.create], [.delete]])
        #expect(steps.map { seen($0, from: "strong") } == [[], [.create], [.delete], []])
        #expect(steps.map { seen($0, from: nil) } == [[.create], [.update], [.update], [.delete]])
    }
}

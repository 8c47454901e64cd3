import HashTreeCollections
import Registry

/// A guard and what it believes, as a registry drives them.
struct Guarded {
    private(set) var registry = MergedRegistry(precedence: Precedence(["a"]))
    var trust: SourceGuard
    var now = Duration.zero

    init(_ policy: GuardPolicy = GuardPolicy()) { trust = SourceGuard(policy) }

    /// The IDs of the instances that are believed.
    var seen: [String] {
        registry.tables.microservices.values.flatMap { $0.instances.map(\.visible.id.text) }.sorted()
    }

    @discardableResult
    mutating func read(_ delta: RegistryDelta, isRewound: Bool = false) -> [SourceGuard.News] {
        var delta = delta
        delta.evidence = .read(isRewound: isRewound)
        return take(delta)
    }

    @discardableResult
    mutating func take(_ delta: RegistryDelta) -> [SourceGuard.News] {
        let before = registry
        let believed = trust.admit(delta, of: SourceWord(of: "a", in: before), at: now)
        _ = registry.apply(believed, from: "a")
        return trust.takeNews()
    }

    mutating func give(_ standing: Standing) { _ = registry.give(standing, to: "a") }

    mutating func wait(_ seconds: Int) -> [SourceGuard.News] {
        now += .seconds(seconds)
        _ = registry.apply(trust.takeDue(at: now), from: "a")
        return trust.takeNews()
    }

    @discardableResult
    mutating func hold() -> [SourceGuard.News] {
        trust.holdByOperator()
        return trust.takeNews()
    }

    mutating func release() -> [SourceGuard.News] {
        _ = registry.apply(trust.releaseByOperator(), from: "a")
        return trust.takeNews()
    }
}

/// So many microservices with so many instances each: `s0/0`, `s0/1`, …
func said(_ services: Range<Int>, _ instances: Int) -> RegistryDelta {
    RegistryDelta(
        services.map { Sample.microservice(ServiceID("s\($0)"), MicroserviceKey(stringLiteral: "/shop/s\($0)/1")) },
        instances: services.flatMap { service in (0..<instances).map { instance(service, $0) } })
}

func instance(_ service: Int, _ number: Int) -> Instance {
    Sample.instance(InstanceID("s\(service)/\(number)"), of: ServiceID("s\(service)"))
}

func gone(_ services: Range<Int>, _ instances: Int, withServices: Bool = false) -> RegistryDelta {
    var delta = RegistryDelta()
    delta.removedInstances = services.flatMap { service in (0..<instances).map { instance(service, $0).ref } }
    if withServices {
        delta.removedMicroservices = services.map { ServiceRef(tenant: .default, id: ServiceID("s\($0)")) }
    }
    return delta
}

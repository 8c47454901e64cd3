import Registry
import TestSupport

/// A source that says random things, out of so few words that sources and keys collide all the time.
struct RandomSpeaker {
    private let source: SourceID
    private var random: SeededGenerator
    private var words = SpokenWords()

    init(_ source: SourceID, random: SeededGenerator) {
        self.source = source
        self.random = random
    }

    /// What it says next: 1 to 7 entries of any kind, in any combination.
    mutating func next() -> RegistryDelta {
        var delta = RegistryDelta()
        for _ in 0..<1 + random.below(7) { say(&delta) }
        words.take(delta)
        return delta
    }

    private mutating func say(_ delta: inout RegistryDelta) {
        switch random.below(100) {
        case ..<28: delta.microservices.append(microservice())
        case ..<58: delta.instances.append(instance())
        case ..<68: delta.attachments.append(attachment())
        case ..<74: delta.dependencies.append(dependency())
        case ..<84:
            let ref = known(words.instances.keys) { "\($0.service.tenant) \($0.service.id) \($0.id)" }
            delta.removedInstances.append(ref ?? instance().ref)
        case ..<88:
            let lost = known(words.attachments.values.flatMap(\.values)) {
                "\($0.service.tenant) \($0.service.id) \(String(decoding: $0.body, as: UTF8.self))"
            }
            let named = lost ?? attachment()
            delta.removedAttachments.append((named.service, named.key))
        case ..<96: delta.removedMicroservices.append(knownRef() ?? ref())
        default:
            let consumer = known(words.dependencies.keys) { "\($0.tenant) \($0)" }
            delta.removedDependencies.append(consumer ?? key(tenant()))
        }
    }

    /// Mostly one of what the source holds; nil now and then, and when it holds nothing. `name` puts the elements in
    /// the same order in every process.
    private mutating func known<Element>(
        _ elements: some Collection<Element>, _ name: (Element) -> String
    ) -> Element? {
        guard !elements.isEmpty, !random.chance(10) else { return nil }
        let wanted = random.below(elements.count)
        return elements.map { (name($0), $0) }.sorted { $0.0 < $1.0 }[wanted].1
    }

    private mutating func knownRef() -> ServiceRef? {
        known(words.microservices.keys) { "\($0.tenant) \($0.id)" }
    }

    private mutating func tenant() -> Tenant { random.chance(90) ? .default : "other/place" }

    private mutating func key(_ tenant: Tenant) -> MicroserviceKey {
        MicroserviceKey(
            name: MicroserviceName(
                tenant: tenant, environment: random.chance(90) ? "" : "testing", application: "shop",
                name: random.pick(["cart", "cart", "stock"])),
            version: random.pick(["1", "1", "1", "1.0", "2.1"]))
    }

    /// An ID that every source may use, or one of its own.
    private mutating func ref() -> ServiceRef {
        let id = random.chance(50) ? "s\(random.below(4))" : "\(source)\(random.below(3))"
        return ServiceRef(tenant: tenant(), id: ServiceID(id))
    }

    private mutating func microservice() -> Microservice {
        let ref = random.chance(30) ? knownRef() ?? ref() : ref()
        // The same ID seldom moves to another key.
        let key = random.chance(75) ? words.microservices[ref]?.key ?? key(ref.tenant) : key(ref.tenant)
        return Sample.microservice(
            ref.id, key, alias: random.pick(["", "", "basket", "cart"]), note: "\(random.below(3))")
    }

    private mutating func instance() -> Instance {
        let service = random.chance(75) ? knownRef() ?? ref() : ref()
        let note = random.below(3)
        return Sample.instance(
            InstanceID("i\(random.below(4))"), of: service.id, in: service.tenant, note: "\(note)",
            modified: note == 0 ? nil : Int64(note))
    }

    private mutating func attachment() -> Attachment {
        let service = random.chance(75) ? knownRef() ?? ref() : ref()
        if random.chance(50) {
            return Sample.tags(["zone": "\(random.below(3))"], of: service.id, in: service.tenant)
        }
        let rule = AccessRule(
            kind: random.chance(50) ? .white : .black, attribute: "AppId", pattern: "p\(random.below(3))")
        return Sample.rule(rule, number: random.below(2), of: service.id, in: service.tenant)
    }

    private mutating func dependency() -> DependencyRule {
        let tenant = tenant()
        let providers = (0..<random.below(3)).map { _ in ProviderRule(name: key(tenant).name, version: "latest") }
        return Sample.dependency(key(tenant), on: providers)
    }
}

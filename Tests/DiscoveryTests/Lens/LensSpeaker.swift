import Registry
import ServiceCenterWire
import TestSupport

/// An upstream that says random things, out of so few words that tenants, keys and IDs collide all the time.
struct LensSpeaker {
    private var random: SeededGenerator
    private(set) var words = Words()

    /// What it said last, as it would say it all over again.
    struct Words {
        var microservices: [ServiceRef: Microservice] = [:]
        var instances: [InstanceRef: Instance] = [:]
        var attachments: [SeenWords.Place: Attachment] = [:]
        var dependencies: [MicroserviceKey: DependencyRule] = [:]

        var whole: RegistryDelta {
            var delta = RegistryDelta()
            delta.microservices = Array(microservices.values)
            delta.instances = Array(instances.values)
            delta.attachments = Array(attachments.values)
            delta.dependencies = Array(dependencies.values)
            return delta
        }
    }

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// 1 to 8 entries of any kind, in any combination.
    mutating func next() -> RegistryDelta {
        var delta = RegistryDelta()
        for _ in 0..<1 + random.below(8) { say(&delta) }
        for new in delta.microservices { words.microservices[new.ref] = new }
        for new in delta.attachments { words.attachments[.init(service: new.service, key: new.key)] = new }
        for new in delta.instances { words.instances[new.ref] = new }
        for new in delta.dependencies { words.dependencies[new.consumer] = new }
        for ref in delta.removedInstances { words.instances[ref] = nil }
        for (ref, key) in delta.removedAttachments { words.attachments[.init(service: ref, key: key)] = nil }
        for ref in delta.removedMicroservices { words.microservices[ref] = nil }
        for key in delta.removedDependencies { words.dependencies[key] = nil }
        return delta
    }

    private mutating func say(_ delta: inout RegistryDelta) {
        let ref = ref()
        switch random.below(12) {
        case 0, 1: delta.microservices.append(microservice(ref))
        case 2: delta.removedMicroservices.append(ref)
        case 3, 4, 5: delta.instances.append(instance(ref))
        case 6: delta.removedInstances.append(InstanceRef(service: ref, id: InstanceID("i\(random.below(3))")))
        case 7, 8: delta.attachments.append(attachment(ref))
        case 9: delta.removedAttachments.append((ref, random.chance(50) ? .tags : .schemaSummary("api")))
        case 10: delta.dependencies.append(rule())
        default: delta.removedDependencies.append(key(in: ref.tenant))
        }
    }

    private mutating func ref() -> ServiceRef {
        let tenant = Tenant(domain: random.pick(["d1", "d2", "d3"]), project: random.pick(["p", "q"]))
        return ServiceRef(tenant: tenant, id: ServiceID("s\(random.below(3))"))
    }

    private mutating func key(in tenant: Tenant) -> MicroserviceKey {
        MicroserviceKey(
            name: MicroserviceName(
                tenant: tenant, environment: random.pick(["", "production"]),
                application: random.pick(["shop", "shopping", "bank"]), name: random.pick(["cart", "web"])),
            version: random.pick(["0.1", "1.0"]))
    }

    private mutating func microservice(_ ref: ServiceRef) -> Microservice {
        let key = key(in: ref.tenant)
        var record = MicroserviceRecord()
        (record.id, record.application, record.name) = (ref.id.text, key.name.application, key.name.name)
        (record.environment, record.version) = (key.name.environment, key.version)
        return record.microservice(in: ref.tenant, upstreamRevision: 1)
    }

    private mutating func instance(_ ref: ServiceRef) -> Instance {
        var record = InstanceRecord()
        (record.id, record.serviceID, record.status) = ("i\(random.below(3))", ref.id.text, "UP")
        record.endpoints = ["rest://10.0.0.\(random.below(3)):80", "grpc://host\(random.below(2)):1"]
        if random.chance(50) { record.datacenter = .init(name: "own", region: "r", availableZone: "z") }
        return record.instance(in: ref.tenant, upstreamRevision: 1)
    }

    private mutating func attachment(_ ref: ServiceRef) -> Attachment {
        let stage = random.pick(["internal", "open"])
        let isTags = random.chance(70)
        return Attachment(
            service: ref, key: isTags ? .tags : .schemaSummary("api"),
            content: isTags ? .tags(["stage": stage]) : .schemaSummary, body: Array("\"\(stage)\"".utf8),
            upstreamRevision: 1)
    }

    private mutating func rule() -> DependencyRule {
        let tenant = ref().tenant
        let providers = (0..<1 + random.below(2)).map { _ in ProviderRule(name: key(in: tenant).name, version: "0+") }
        return DependencyRule(consumer: key(in: tenant), providers: providers, upstreamRevision: 1)
    }
}

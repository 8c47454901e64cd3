import Registry
import ServiceCenterWire

extension RegistryDelta {
    /// One microservice of the default tenant with these instances, each with so many bytes of padding.
    init(microservice id: String, name: String = "sample", instances: [String], padding: Int = 0) {
        self.init()
        var record = MicroserviceRecord()
        (record.id, record.application, record.name, record.version) = (id, "shop", name, "1.0.0")
        let ref = ServiceRef(tenant: .default, id: ServiceID(id))
        microservices = [
            Microservice(
                ref: ref, key: record.key(in: .default), alias: "", allowsCrossApplication: false, body: record.body,
                upstreamRevision: 1, origin: "")
        ]
        self.instances = instances.map { instance in
            var record = InstanceRecord()
            (record.id, record.serviceID, record.status) = (instance, id, "UP")
            record.hostName = "h" + String(repeating: "x", count: padding)
            return record.instance(in: .default, upstreamRevision: 1)
        }
    }

    /// Says what another one says too.
    mutating func add(_ other: RegistryDelta) {
        microservices += other.microservices
        instances += other.instances
    }
}

extension DependencyRule {
    /// What a consumer of the application `shop` depends on, in any version; `*` is everything.
    convenience init(consumer: String, providers: [String]) {
        func name(_ text: String) -> MicroserviceName {
            let application = text == "*" ? "" : "shop"
            return MicroserviceName(tenant: .default, environment: "", application: application, name: text)
        }
        self.init(
            consumer: MicroserviceKey(name: name(consumer), version: "1.0.0"),
            providers: providers.map { ProviderRule(name: name($0), version: $0 == "*" ? "" : "0+") }, body: [],
            upstreamRevision: 1)
    }
}

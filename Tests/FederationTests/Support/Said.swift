import Registry

/// What sources say in these tests: instances of one cart, and of a stock that nobody declared.
enum Said {
    static let cart = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "cart"), version: "1.0")

    /// The cart, and these instances of it.
    static func cart(_ instances: String...) -> RegistryDelta {
        var delta = RegistryDelta()
        delta.microservices = [
            Microservice(
                ref: ServiceRef(tenant: .default, id: ServiceID("cart")), key: cart, alias: "",
                allowsCrossApplication: false,
                body: Array(#"{"serviceId":"cart","appId":"shop","serviceName":"cart","version":"1.0"}"#.utf8),
                upstreamRevision: 1, origin: "")
        ]
        delta.instances = instances.map { instance($0, of: "cart") }
        return delta
    }

    /// Tags of the cart, and what it depends on.
    static let tags = Attachment(
        service: ServiceRef(tenant: .default, id: ServiceID("cart")), key: .tags, content: .tags(["a": "b"]),
        body: Array(#"{"a":"b"}"#.utf8), upstreamRevision: 1)
    static let dependency = DependencyRule(
        consumer: cart, providers: [], body: Array(#"{"Dependency":[]}"#.utf8), upstreamRevision: 1)

    /// Instances of the cart alone.
    static func instances(_ instances: String...) -> RegistryDelta {
        var delta = RegistryDelta()
        delta.instances = instances.map { instance($0, of: "cart") }
        return delta
    }

    /// An instance of a microservice that the source has not said.
    static func orphan(_ name: String) -> RegistryDelta {
        var delta = RegistryDelta()
        delta.instances = [instance(name, of: "stock")]
        return delta
    }

    static func gone(_ name: String) -> RegistryDelta {
        var delta = RegistryDelta()
        delta.removedInstances = [instance(name, of: "cart").ref]
        return delta
    }

    static func instance(_ name: String, of service: String, revision: Int64 = 1, path: String = "") -> Instance {
        let before = "{\"serviceId\":\""
        let start = before.utf8.count
        return Instance(
            ref: InstanceRef(
                service: ServiceRef(tenant: .default, id: ServiceID(service)), id: InstanceID(name)),
            status: .up, body: Array("\(before)\(service)\",\"instanceId\":\"\(name)\"}".utf8),
            serviceIDRange: start..<start + service.utf8.count, upstreamRevision: revision, origin: "",
            path: path)
    }
}

extension RegistryView {
    /// The IDs of the cart's instances.
    var cartInstances: [String] { tables.microservice(Said.cart)?.instances.map(\.visible.id.text) ?? [] }

    /// How a source does.
    func status(_ source: String) -> SourceStatus? { sources.first { $0.source == SourceID(source) } }
}

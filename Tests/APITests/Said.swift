import Registry
import ServiceCenterWire

/// The shop's cart, and so many instances of it, as one source says them.
func said(_ count: Int) -> RegistryDelta {
    var delta = RegistryDelta()
    let key = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "cart"),
        version: "1.0.0")
    let body = #"{"serviceId":"cart","appId":"shop","serviceName":"cart","version":"1.0.0"}"#
    delta.microservices = [
        Microservice(
            ref: ServiceRef(tenant: .default, id: ServiceID("cart")), key: key, alias: "",
            allowsCrossApplication: false, body: Array(body.utf8), upstreamRevision: 1, origin: "")
    ]
    delta.instances = (0..<count).map { number in
        var record = InstanceRecord()
        (record.id, record.serviceID, record.status) = ("i\(number)", "cart", "UP")
        return record.instance(in: .default, upstreamRevision: 1)
    }
    return delta
}

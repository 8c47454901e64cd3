import Registry
import ServiceCenterWire

extension RegistryDelta {
    /// One microservice of each name, version 1.0.0 of the application `shop`; its ID is its name.
    init(microservicesOfShop names: [String]) throws {
        self.init()
        for name in names {
            var record = MicroserviceRecord()
            (record.id, record.name, record.version, record.application) = (name, name, "1.0.0", "shop")
            let fields = try JSONReader.read(record.body) { reader throws(JSONError) in
                try MicroserviceFields(from: &reader)
            }
            microservices.append(
                fields.microservice(tenant: .default, body: record.body, upstreamRevision: 1, origin: ""))
        }
    }
}

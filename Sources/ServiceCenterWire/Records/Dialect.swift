package import Registry

/// The service-center that we speak like.
package enum Dialect {
    /// Clients take it for the server's version.
    package static let version = "1.4.8"
    /// The ID that every service-center of this version gives to itself: the SHA-1 of its key.
    package static let registryID = ServiceID("4a4010b3bcb3da6b14042fe8842865de9ddf9109")

    /// The registry itself as a microservice of its own, as every service-center registers itself.
    /// Rule: the recorded dumps.
    package static func registry(at stamp: String) -> MicroserviceRecord {
        var record = MicroserviceRecord()
        record.id = registryID.text
        record.application = MicroserviceName.sharedApplication
        record.name = MicroserviceName.sharedService
        record.environment = Environment.production.rawValue
        record.version = version
        record.alias = record.name
        record.level = "BACK"
        record.status = "UP"
        record.properties = ["allowCrossApp": "true"]
        (record.timestamp, record.modTimestamp) = (stamp, stamp)
        return record
    }
}

extension MicroserviceRecord {
    /// The microservice that a source tells for this record.
    package func microservice(in tenant: Tenant, upstreamRevision: Int64) -> Microservice {
        Microservice(
            ref: ServiceRef(tenant: tenant, id: ServiceID(id)), key: key(in: tenant), alias: alias,
            traits: Microservice.Traits(description: description, level: level, status: status),
            allowsCrossApplication: properties["allowCrossApp"]?.lowercased() == "true", body: body,
            upstreamRevision: upstreamRevision, origin: "")
    }
}

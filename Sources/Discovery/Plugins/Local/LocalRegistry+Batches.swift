import HashTreeCollections
import Registry
import ServiceCenterWire

/// A write that changes many instances at once.
extension LocalRegistry {
    /// Gives another status to every instance of a tenant whose properties have all of these. Linear in all instances.
    /// Rule: `UpdateManyInstanceStatus` of service-center 2.2.0, which takes any text for a status; we do not.
    mutating func changeStatuses(
        to status: String, having properties: [String: String], in tenant: Tenant, at moment: Moment
    ) throws(ServiceCenterError) -> Outcome {
        try FieldRule.newStatus.check(status, "UpdateManyInstanceStatusRequest.Status")
        var outcome = Outcome()
        for (service, holding) in holdings where service.tenant == tenant {
            for instance in holding.instances.values {
                let record = try InstanceRecord(instance)
                guard properties.allSatisfy({ record.properties[$0.key] == $0.value }) else { continue }
                outcome.merge(try change(instance.ref, at: moment) { $0.status = status })
            }
        }
        return outcome
    }
}

extension LocalRegistry.Outcome {
    /// Adds what another write changes. The answer stays.
    mutating func merge(_ other: LocalRegistry.Outcome) {
        schemas += other.schemas
        granted += other.granted
        renewed += other.renewed
        delta.microservices += other.delta.microservices
        delta.attachments += other.delta.attachments
        delta.instances += other.delta.instances
        delta.dependencies += other.delta.dependencies
        delta.removedInstances += other.delta.removedInstances
        delta.removedAttachments += other.delta.removedAttachments
        delta.removedMicroservices += other.delta.removedMicroservices
        delta.removedDependencies += other.delta.removedDependencies
    }
}

import Registry
import ServiceCenterWire

/// What is known after some deltas, decoded: the model that lenses are checked against.
struct SeenWords: Equatable {
    struct Named: Equatable {
        var key: MicroserviceKey
        var record: MicroserviceRecord
    }

    struct Place: Hashable {
        var service: ServiceRef
        var key: Attachment.Key
    }

    var microservices: [ServiceRef: Named] = [:]
    var instances: [InstanceRef: InstanceRecord] = [:]
    var attachments: [Place: [UInt8]] = [:]
    var dependencies: [MicroserviceKey: Set<ProviderRule>] = [:]

    /// Takes a delta in; returns what no lens should tell.
    mutating func apply(_ delta: RegistryDelta) throws -> [String] {
        var lies: [String] = []
        for entry in delta.microservices {
            let record = try MicroserviceRecord(kept: entry.body)
            microservices[entry.ref] = Named(key: entry.key, record: record)
            if record.key(in: entry.ref.tenant) != entry.key { lies.append("\(entry.key) says \(record)") }
        }
        for entry in delta.attachments { attachments[Place(service: entry.service, key: entry.key)] = entry.body }
        for entry in delta.instances {
            instances[entry.ref] = try InstanceRecord(kept: entry.body)
            let range = Int(entry.serviceIDRange.lowerBound)..<Int(entry.serviceIDRange.upperBound)
            if Array(entry.body[range]) != Array(entry.ref.service.id.text.utf8) { lies.append("ID of \(entry.ref)") }
            if entry.digest != Digest(of: entry.body) { lies.append("digest of \(entry.ref)") }
        }
        for entry in delta.dependencies { dependencies[entry.consumer] = Set(entry.providers) }
        for ref in delta.removedInstances where instances.removeValue(forKey: ref) == nil { lies.append("no \(ref)") }
        for (service, key) in delta.removedAttachments
        where attachments.removeValue(forKey: Place(service: service, key: key)) == nil { lies.append("no \(key)") }
        for ref in delta.removedMicroservices where microservices.removeValue(forKey: ref) == nil {
            lies.append("no \(ref)")
        }
        for key in delta.removedDependencies where dependencies.removeValue(forKey: key) == nil {
            lies.append("no rule of \(key)")
        }
        return lies
    }
}

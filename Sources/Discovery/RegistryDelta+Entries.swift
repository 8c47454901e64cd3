import Registry
import ServiceCenterWire

extension RegistryDelta {
    /// Adds what an entry says.
    mutating func say(_ entry: DumpEntry) {
        switch entry {
        case .microservice(let microservice): microservices.append(microservice)
        case .instance(let instance): instances.append(instance)
        case .attachment(let attachment): attachments.append(attachment)
        case .dependency(let rule): dependencies.append(rule)
        case .repetition: break
        }
    }

    /// Adds that what an entry said is gone.
    mutating func withdraw(_ entry: DumpEntry) {
        switch entry {
        case .microservice(let microservice): removedMicroservices.append(microservice.ref)
        case .instance(let instance): removedInstances.append(instance.ref)
        case .attachment(let attachment): removedAttachments.append((attachment.service, attachment.key))
        case .dependency(let rule): removedDependencies.append(rule.consumer)
        case .repetition: break
        }
    }

    /// Withdraws what stood under a key when something else stands there now, which only a collision of hashes can do.
    mutating func withdraw(_ old: DumpEntry, replacedBy new: DumpEntry) {
        switch (old, new) {
        case (.microservice(let left), .microservice(let right)) where left.ref == right.ref: break
        case (.instance(let left), .instance(let right)) where left.ref == right.ref: break
        case (.attachment(let left), .attachment(let right))
        where left.service == right.service && left.key == right.key: break
        case (.dependency(let left), .dependency(let right)) where left.consumer == right.consumer: break
        case (.repetition, .repetition): break
        default: withdraw(old)
        }
    }
}

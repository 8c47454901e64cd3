/// The difference between two snapshots of one source, in that source's own IDs. Applied in the order of its
/// properties: what is said first, what is withdrawn last. Removing what is not there is allowed and changes nothing.
package struct RegistryDelta: Sendable {
    package var microservices: [Microservice] = []
    package var attachments: [Attachment] = []
    package var instances: [Instance] = []
    package var dependencies: [DependencyRule] = []
    package var removedInstances: [InstanceRef] = []
    package var removedAttachments: [(service: ServiceRef, key: Attachment.Key)] = []
    package var removedMicroservices: [ServiceRef] = []
    package var removedDependencies: [MicroserviceKey] = []
    package var evidence = Evidence.change
    /// Why it is so; all of it for one reason.
    package var cause = Cause.read

    /// How the source came to say it.
    package enum Evidence: Sendable, Equatable {
        /// As single changes, each for itself.
        case change
        /// As what differs from the last time that everything was read. `isRewound` when revisions have gone back.
        case read(isRewound: Bool)
    }

    package init() {}

    package var isEmpty: Bool { changeCount == 0 }

    /// How many entries it says or withdraws.
    package var changeCount: Int {
        microservices.count + attachments.count + instances.count + dependencies.count + removedInstances.count
            + removedAttachments.count + removedMicroservices.count + removedDependencies.count
    }
}

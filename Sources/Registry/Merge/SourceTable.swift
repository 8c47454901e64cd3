/// What the merge remembers of one source: where each of its microservices went, and what waits for a microservice that
/// the source has not said yet. Entries of a dump may come in any order, and over several reads.
struct SourceTable: Sendable {
    struct Service: Sendable {
        /// The key of the microservice, once the source has said it.
        var key: MicroserviceKey?
        /// Instances and attachments that came before their microservice.
        var orphans: [InstanceID: Instance] = [:]
        var attachments: [Attachment.Key: Attachment] = [:]

        var isEmpty: Bool { key == nil && orphans.isEmpty && attachments.isEmpty }
    }

    var services: [ServiceRef: Service] = [:]
    var consumers: Set<MicroserviceKey> = []
    var counts = SourceCounts()
}

/// How much one source holds, and how much of it is visible.
package struct SourceCounts: Sendable, Equatable {
    /// Microservices that the source has.
    package var microservices = 0
    /// Instances that the source has and whose microservice is known.
    package var instances = 0
    /// Instances whose microservice the source has not said: held, not served.
    package var orphans = 0
    /// Microservices of which this source is the strongest.
    package var visibleMicroservices = 0
    /// Instances of which this source's word counts.
    package var visibleInstances = 0

    package init() {}
}

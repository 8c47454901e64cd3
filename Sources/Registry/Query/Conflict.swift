/// What several sources say, or one of them, that cannot all be so.
package struct Conflict: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// One microservice has several IDs.
        case serviceID = "service_id"
        /// The words on one instance differ in more than the ID of its microservice.
        case content
        /// Several instances of one tenant have the same endpoint.
        case endpoint
    }

    /// Who says what.
    package struct Side: Sendable {
        package let source: SourceID
        package let microservice: MicroserviceKey
        /// The source's own ID of the microservice.
        package let service: ServiceID
        /// The source's own word; nil when the conflict is about the microservice.
        package let instance: Instance?
    }

    package let kind: Kind
    /// For conflicts about one; otherwise empty.
    package let endpoint: String
    /// At least two; the one that is served comes first.
    package let sides: [Side]
}

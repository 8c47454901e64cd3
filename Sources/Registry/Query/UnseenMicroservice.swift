/// What a source says of a microservice that is kept out of sight, in the names under which it would be seen.
package struct UnseenMicroservice: Sendable {
    package enum Reason: String, Sendable {
        /// It is none of those that are included.
        case include
        /// It is excluded.
        case exclude
        /// The source has not named it: nobody knows yet whether it is to be seen.
        case orphan
    }

    package let reason: Reason
    package let ref: ServiceRef
    /// Nil for one that the source has not named.
    package let microservice: Microservice?
    /// By their IDs.
    package let instances: [Instance]

    package init(_ reason: Reason, _ ref: ServiceRef, _ microservice: Microservice?, _ instances: [Instance]) {
        self.reason = reason
        self.ref = ref
        self.microservice = microservice
        self.instances = instances
    }
}

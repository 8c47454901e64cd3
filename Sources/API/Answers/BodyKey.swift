package import Registry

/// What decides on the bytes of a body: as long as it is the same, the body need not be written again.
package enum BodyKey: Hashable, Sendable {
    /// The instances of these microservices, by the revision of them all.
    case instances([Provider], ContentRevision, namingSources: Bool)
    /// One instance of a microservice.
    case instance(Provider, ContentRevision, namingSource: Bool)
    /// Many finds in one: for each list what is new, what is known, and what is refused.
    case batch([BatchPart])

    /// A microservice as its instances name it.
    package struct Provider: Hashable, Sendable {
        private let id: ServiceID
        private let version: String

        package init(_ merged: MergedMicroservice) {
            id = merged.canonicalID
            version = merged.key.version
        }
    }

    /// One entry of a batch's answer.
    package enum BatchPart: Hashable, Sendable {
        case updated(isInstance: Bool, index: Int, [Provider], ContentRevision)
        case notModified(isInstance: Bool, index: Int)
        case failed(isInstance: Bool, index: Int, code: Int, detail: String)
    }
}

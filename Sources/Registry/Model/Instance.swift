/// What one source says of one instance. Immutable and shared: a copy costs a reference.
package final class Instance: Sendable {
    /// Where its source keeps it, under the ID that the source gave to the microservice.
    package let ref: InstanceRef
    package let status: InstanceStatus
    /// Whether `body` says which version of the microservice it is; old servers leave that out.
    package let hasVersion: Bool
    /// Its JSON object as the source wrote it: valid JSON, complete, ready to be served.
    package let body: [UInt8]
    /// Where in `body` the text of the service ID stands, without its quotes, so that the canonical ID can be put
    /// there.
    package let serviceIDRange: Range<Int32>
    /// The source's own revision of this entry: grows while the source's store lives.
    package let upstreamRevision: Int64
    /// What the source itself says where it has this from (`cluster` of the entry); empty when it does not say.
    package let origin: String
    /// The processes of Mainstem through which it came, the nearest first, joined by commas; empty for what a source
    /// knows at first hand.
    package let path: String
    /// How long it lives at its source without a heartbeat, in seconds.
    package let leaseSeconds: Int32
    /// When its source changed it last, in seconds since 1970; nil when it does not say.
    package let modified: Int64?
    /// The source's own word, where this is that word with something written on it; nil for nearly all.
    package let original: Instance?
    package let digest: Digest

    package init(
        ref: InstanceRef, status: InstanceStatus, hasVersion: Bool = true, body: [UInt8], serviceIDRange: Range<Int>,
        upstreamRevision: Int64, origin: String, path: String = "", leaseSeconds: Int32 = 120, modified: Int64? = nil,
        original: Instance? = nil
    ) {
        self.ref = ref
        self.path = path
        self.leaseSeconds = leaseSeconds
        self.modified = modified
        self.original = original
        self.status = status
        self.hasVersion = hasVersion
        self.body = body
        self.serviceIDRange = Int32(serviceIDRange.lowerBound)..<Int32(serviceIDRange.upperBound)
        self.upstreamRevision = upstreamRevision
        self.origin = origin
        digest = Digest(of: body)
    }

    package var id: InstanceID { ref.id }
}

/// The states that service-center knows. Text that is none of them is kept in the body and counts as `.other`.
package enum InstanceStatus: String, Sendable {
    case up = "UP"
    case down = "DOWN"
    case starting = "STARTING"
    case testing = "TESTING"
    case outOfService = "OUTOFSERVICE"
    case other = ""
}

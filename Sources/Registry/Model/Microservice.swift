/// What one source says of one microservice. Immutable and shared: a copy costs a reference.
package final class Microservice: Sendable {
    /// Where its source keeps it.
    package let ref: ServiceRef
    package let key: MicroserviceKey
    /// Another name under which it may be found; empty when it has none.
    package let alias: String
    /// What access rules of providers may ask of it as a consumer, beside its key; empty where it does not say.
    package let traits: Traits
    /// Whether consumers of other applications may find it (its property `allowCrossApp`).
    package let allowsCrossApplication: Bool
    /// Its JSON object as the source wrote it: valid JSON, complete, ready to be served.
    package let body: [UInt8]
    /// The source's own revision of this entry: grows while the source's store lives.
    package let upstreamRevision: Int64
    /// What the source itself says where it has this from (`cluster` of the entry); empty when it does not say.
    package let origin: String
    /// The processes of Mainstem through which it came, as on an instance.
    package let path: String
    package let digest: Digest

    package init(
        ref: ServiceRef, key: MicroserviceKey, alias: String, traits: Traits = Traits(), allowsCrossApplication: Bool,
        body: [UInt8],
        upstreamRevision: Int64, origin: String, path: String = ""
    ) {
        self.path = path
        self.ref = ref
        self.key = key
        self.alias = alias
        self.traits = traits
        self.allowsCrossApplication = allowsCrossApplication
        self.body = body
        self.upstreamRevision = upstreamRevision
        self.origin = origin
        digest = Digest(of: body)
    }

    package var id: ServiceID { ref.id }

    /// The rarely asked fields that an access rule may name.
    package struct Traits: Sendable {
        package var description = ""
        package var level = ""
        package var status = ""

        package init(description: String = "", level: String = "", status: String = "") {
            self.description = description
            self.level = level
            self.status = status
        }
    }
}

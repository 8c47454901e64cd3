/// What a source keeps beside a microservice: its tags, one access rule, or the summary of one schema.
package final class Attachment: Sendable {
    /// Which attachment of the microservice this is: tags are one entry, rules and summaries have IDs.
    package enum Key: Hashable, Sendable, Comparable {
        case tags
        case rule(String)
        case schemaSummary(String)

        private var order: (Int, String) {
            switch self {
            case .tags: (0, "")
            case .rule(let id): (1, id)
            case .schemaSummary(let id): (2, id)
            }
        }

        package static func < (left: Key, right: Key) -> Bool { left.order < right.order }
    }

    /// The decoded form of what queries ask for.
    package enum Content: Sendable {
        case tags([String: String])
        case rule(AccessRule)
        case schemaSummary
    }

    /// The microservice that it belongs to.
    package let service: ServiceRef
    package let key: Key
    package let content: Content
    /// Its JSON value as the source wrote it.
    package let body: [UInt8]
    package let upstreamRevision: Int64

    package init(service: ServiceRef, key: Key, content: Content, body: [UInt8], upstreamRevision: Int64) {
        self.service = service
        self.key = key
        self.content = content
        self.body = body
        self.upstreamRevision = upstreamRevision
    }
}

/// One entry of a provider's black or white list.
/// Rule: the first rule's type decides whether the whole list is black or white (service-center `MatchRules`).
package struct AccessRule: Sendable, Hashable {
    package enum Kind: Sendable { case black, white }

    package var kind: Kind
    /// A field of the consumer (`ServiceName`, `AppId`, `Version`, …) or `tag_NAME`.
    package var attribute: String
    /// A regular expression, found anywhere in the attribute's value.
    package var pattern: String

    package init(kind: Kind, attribute: String, pattern: String) {
        self.kind = kind
        self.attribute = attribute
        self.pattern = pattern
    }
}

/// How a source is seen: which of its microservices, under which names, at which addresses.
package struct LensDeclaration: Sendable {
    /// What is seen; empty means everything.
    package var include: [MicroserviceCondition] = []
    /// What is not seen, though it is included.
    package var exclude: [MicroserviceCondition] = []
    package var rename = RenameDeclaration()
    /// The first one that means an endpoint counts.
    package var rewrite: [EndpointRewrite] = []

    /// The first of the keys that declare it, and its line; nil when there is none.
    package var firstKey: (name: String, line: Int)?

    package init() {}

    /// The same text for the same lens, in every process of this build: what was seen through one is of no use to
    /// another.
    package var fingerprint: String {
        "\([include, exclude].map { $0.map(\.fingerprint) }) \([rename.domain, rename.project]) "
            + "\([rename.environment, rename.application]) \(rewrite)"
    }

    /// Whether everything is seen as it is.
    package var isEmpty: Bool { include.isEmpty && exclude.isEmpty && rename.isEmpty && rewrite.isEmpty }
}

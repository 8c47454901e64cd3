package import Registry

/// A source that can give the texts of schemas, which no dump has.
package protocol SchemaSource: Source {
    /// The text of one schema, asked of the upstream now; nil when the upstream has none of that name. Bounded by a
    /// short time of its own, because a client waits for it.
    func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String?
}

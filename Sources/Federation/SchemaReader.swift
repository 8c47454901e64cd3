package import Discovery
package import Registry

/// Reads schemas from the sources that have the microservice, the strongest first, and keeps the texts whose summaries
/// tell when they change. A schema that is asked for holds up nobody but who asks.
package actor SchemaReader {
    private struct Key: Hashable {
        let source: SourceID
        let service: ServiceRef
        let schema: String
        let summary: [UInt8]
    }

    /// The most text that is kept; beyond it everything is forgotten and read anew.
    private static let maxKeptBytes = 16 << 20

    private let source: @Sendable (SourceID) -> (any Source)?
    private var kept: [Key: String] = [:]
    private var keptBytes = 0

    /// `source` gives the source that has a name just now.
    package init(_ source: @escaping @Sendable (SourceID) -> (any Source)?) { self.source = source }

    /// The text of a microservice's schema; nil when no source has it. Throws when no source gave a text and one could
    /// not be asked.
    package func schema(_ id: String, of merged: MergedMicroservice) async throws(SourceFailure) -> String? {
        var failure: SourceFailure?
        for contribution in merged.contributions {
            do throws(SourceFailure) {
                if let text = try await schema(id, from: contribution) { return text }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return nil
    }

    private func schema(
        _ id: String, from contribution: MicroserviceContribution
    ) async throws(SourceFailure) -> String? {
        guard let source = source(contribution.source) as? any SchemaSource else { return nil }
        let service = contribution.microservice.ref
        guard let summary = contribution.attachments[.schemaSummary(id)]?.body else {
            return try await source.schema(id, of: service)
        }
        let key = Key(source: contribution.source, service: service, schema: id, summary: summary)
        if let text = kept[key] { return text }
        guard let text = try await source.schema(id, of: service) else { return nil }
        keep(text, for: key)
        return text
    }

    private func keep(_ text: String, for key: Key) {
        if keptBytes + text.utf8.count > SchemaReader.maxKeptBytes {
            kept = [:]
            keptBytes = 0
        }
        guard text.utf8.count <= SchemaReader.maxKeptBytes, kept.updateValue(text, forKey: key) == nil else { return }
        keptBytes += text.utf8.count
    }
}

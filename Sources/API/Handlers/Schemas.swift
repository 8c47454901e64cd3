import Federation
import Registry
import ServiceCenterWire

/// The schemas of a microservice: their names and summaries are in memory, their texts are read from the source.
enum Schemas {
    /// `GET …/microservices/:serviceId/schemas`; `withSchema=1` adds the texts.
    @Sendable static func list(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let withSchema = request.query("withSchema")
        guard ["", "0", "1"].contains(withSchema) else {
            throw ServiceCenterError(.invalidParameters, "parameter withSchema must be 1 or 0")
        }
        let merged = try request.microservice(services.view, "GetAllSchemaRequest")
        let names = schemaNames(of: merged)
        var texts: [String: String] = [:]
        if withSchema == "1" {
            for name in names { texts[name] = try await text(name, of: merged, services) }
        }
        return .json { writer in
            writer.beginObject()
            if !names.isEmpty {
                writer.key("schemas")
                writer.beginArray()
                for name in names {
                    writer.beginObject()
                    writer.member("schemaId", name)
                    if let summary = merged.attachments[.schemaSummary(name)]?.attachment.body {
                        writer.key("summary")
                        writer.raw(summary)
                    }
                    writer.member("schema", ifPresent: texts[name] ?? "")
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    /// `GET …/microservices/:serviceId/schemas/:schemaId`
    @Sendable static func one(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        let id = request.parameter("schemaId")
        let merged = try request.microservice(services.view, "GetSchemaRequest")
        try FieldRule.schemaID.check(id, "GetSchemaRequest.SchemaId")
        guard let text = try await text(id, of: merged, services) else {
            throw ServiceCenterError(.schemaUnknown, "Do not have this schema info.")
        }
        return .json { writer in
            writer.beginObject()
            writer.member("schema", text)
            writer.endObject()
        }.adding(summaryHeader, summary(of: id, of: merged))
    }

    /// The header with a schema's summary.
    static let summaryHeader = "X-Schema-Summary"

    /// The summary of a schema; empty when no source has one.
    static func summary(of schema: String, of merged: MergedMicroservice) -> String {
        guard let body = merged.attachments[.schemaSummary(schema)]?.attachment.body else { return "" }
        let text = try? JSONReader.read(body) { reader throws(JSONError) in try reader.string() }
        return text ?? ""
    }

    private static func text(
        _ schema: String, of merged: MergedMicroservice, _ services: Services
    ) async throws(ServiceCenterError) -> String? {
        do throws(SourceFailure) {
            return try await services.federation.schemas.schema(schema, of: merged)
        } catch {
            throw ServiceCenterError(.unavailable, "the schema cannot be read from its source, which \(error)")
        }
    }

    /// The schemas that the microservice names, and those that only have a summary.
    static func schemaNames(of merged: MergedMicroservice) -> [String] {
        var names = MicroserviceFields.schemas(in: merged.canonical.body)
        for case .schemaSummary(let name) in merged.attachments.keys.sorted() where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

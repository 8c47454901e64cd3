import Federation
import Registry
import ServiceCenterWire

/// The texts of many microservices' schemas, read from their sources side by side. Bounded in number and time, because
/// a client waits: a schema that could not be read in time is named without its text, one that no source has is left
/// out.
struct SchemaTexts: Sendable {
    /// The most schemas that one request reads, and how many of them at once.
    static let limit = 1_000
    private static let width = 16
    private static let time = Duration.seconds(3)

    private struct Place: Hashable, Sendable {
        let microservice: MicroserviceKey
        let schema: String
    }

    /// What the sources said: nil for a schema that none of them has.
    private var texts: [Place: String?] = [:]

    /// Nothing is read: schemas are not asked for.
    init() {}

    init(of microservices: [MergedMicroservice], _ services: Services) async {
        let wanted = microservices.flatMap { merged in Schemas.schemaNames(of: merged).map { (merged, $0) } }
            .prefix(SchemaTexts.limit)
        let reader = services.federation.schemas
        let deadline = services.uptime() + SchemaTexts.time
        texts = await withTaskGroup(of: (Place, String?)?.self) { group in
            var texts: [Place: String?] = [:]
            for (index, (merged, schema)) in wanted.enumerated() {
                if index >= SchemaTexts.width, let found = await group.next() ?? nil {
                    texts.updateValue(found.1, forKey: found.0)
                }
                guard services.uptime() < deadline else { break }
                group.addTask {
                    do throws(SourceFailure) {
                        let text = try await reader.schema(schema, of: merged)
                        return (Place(microservice: merged.key, schema: schema), text)
                    } catch {
                        return nil
                    }
                }
            }
            for await case let found? in group { texts.updateValue(found.1, forKey: found.0) }
            return texts
        }
    }

    /// `"schemaInfos":[{"schemaId":…,"schema":…}]` of one microservice; nothing when it has none.
    func write(_ merged: MergedMicroservice, to writer: inout JSONWriter) {
        let schemas = Schemas.schemaNames(of: merged).compactMap { name -> (name: String, text: String)? in
            switch texts[Place(microservice: merged.key, schema: name)] {
            case .some(.none): nil
            case .some(let text?): (name, text)
            case .none: (name, "")
            }
        }
        guard !schemas.isEmpty else { return }
        writer.key("schemaInfos")
        writer.beginArray()
        for (name, text) in schemas {
            writer.beginObject()
            writer.member("schemaId", name)
            writer.member("schema", ifPresent: text)
            writer.endObject()
        }
        writer.endArray()
    }
}

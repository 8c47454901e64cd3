package import Registry
import ServiceCenterWire

extension ServiceCenterSource: SchemaSource {
    /// Asks the endpoint that answered last, and no other: who asks for a schema waits.
    package func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String? {
        let (status, body) = try await client.schema(id, of: service, at: preferred)
        switch status {
        case 200: return SchemaRecord.text(answer: body)
        case 400: return nil
        default: throw .refused(status: status, "")
        }
    }
}

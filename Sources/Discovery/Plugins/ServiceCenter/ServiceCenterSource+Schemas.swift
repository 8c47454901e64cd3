package import Registry
import ServiceCenterWire

extension ServiceCenterSource: SchemaSource {
    /// Asks the best endpoint, and another one only when that one cannot be reached: who asks for a schema waits.
    package func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String? {
        let answer = try await client.schema(id, of: service)
        switch answer.status {
        case 200: return SchemaRecord.text(answer: answer.body)
        case 400: return nil
        default: throw .refused(status: answer.status, "")
        }
    }
}

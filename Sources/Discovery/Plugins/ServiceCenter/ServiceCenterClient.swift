import Registry
import Topology

/// Asks the endpoints of one upstream for its dump.
struct ServiceCenterClient: Sendable {
    /// The dump of every domain and project, which only the default domain may ask for.
    static let dumpPath = "/v4/default/admin/dump"

    private let settings: ServiceCenterSettings
    private let transfers: HTTPTransfers

    init(_ settings: ServiceCenterSettings, _ surroundings: Surroundings) {
        self.settings = settings
        transfers = surroundings.transfers
    }

    /// The upstream's replicas, in the order in which they are declared.
    var endpoints: [String] { settings.endpoints.map(\.description) }

    /// Begins to read one endpoint's dump; the whole answer must come within this time.
    func openDump(of index: Int, within time: Duration) async throws(SourceFailure) -> TransferResponse {
        let endpoint = settings.endpoints[index].description
        let request = TransferRequest(
            url: endpoint + ServiceCenterClient.dumpPath, headers: [("X-Domain-Name", "default")],
            timeout: time, connectTimeout: min(settings.connectTimeout, time), maxBodyBytes: settings.maxBodyBytes,
            acceptsCompression: settings.compression)
        let response: TransferResponse
        do throws(TransferFailure) {
            response = try await transfers.start(request)
        } catch {
            throw SourceFailure(error, at: endpoint)
        }
        guard response.status == 200 else {
            throw .refused(status: response.status, "\(endpoint) \(await firstLine(of: response))")
        }
        return response
    }

    /// The start of a refusal's text, for the operator.
    private func firstLine(of response: TransferResponse) async -> String {
        let chunk = (try? await response.nextChunk()) ?? []
        let line = chunk.prefix(200).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first ?? []
        return String(decoding: line, as: UTF8.self)
    }
}

extension SourceFailure {
    /// A transfer's failure in the words of a source, with the endpoint that it happened at.
    init(_ failure: TransferFailure, at endpoint: String) {
        self =
            switch failure {
            case .timedOut(let awaited): .timedOut("\(endpoint): \(awaited)")
            case .tooLarge(let limit): .tooLarge(limitBytes: limit)
            case .cancelled, .stopped: .cancelled
            default: .unreachable("\(endpoint): \(failure)")
            }
    }
}

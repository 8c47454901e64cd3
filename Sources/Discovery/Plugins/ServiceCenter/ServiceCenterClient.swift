import Registry
import Topology

/// Asks the endpoints of one upstream for its dump.
struct ServiceCenterClient: Sendable {
    /// The dump of every domain and project, which only the default domain may ask for.
    static let dumpPath = "/v4/default/admin/dump"

    let settings: ServiceCenterSettings
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

    /// What one answer but the dump may have, and how long a client that waits for it waits.
    private static let maxAnswerBytes = 4 << 20
    private static let answerTimeout = Duration.seconds(3)

    /// Asks one endpoint for a schema; the answer's status and body.
    func schema(
        _ id: String, of service: ServiceRef, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        let path = [
            "v4", service.tenant.project, "registry", "microservices", service.id.text, "schemas", id,
        ]
        let target = "/" + path.map(PathSegment.encode).joined(separator: "/")
        return try await ask(.get, target, for: Caller(tenant: service.tenant), at: index)
    }

    /// Passes a write on to one endpoint; the answer's status and body.
    func send(
        _ call: ServiceCenterCall, for caller: Caller, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        try await ask(call.method, call.target, for: caller, body: call.body, at: index)
    }

    /// Looks something up at one endpoint; the answer's status and body.
    func look(
        _ target: String, for caller: Caller, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        try await ask(.get, target, for: caller, at: index)
    }

    private func ask(
        _ method: TransferRequest.Method, _ target: String, for caller: Caller, body: [UInt8]? = nil, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        let endpoint = settings.endpoints[index].description
        var headers = [(name: "X-Domain-Name", value: caller.tenant.domain)]
        if let authorization = caller.authorization { headers.append(("Authorization", authorization)) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = TransferRequest(
            method, url: endpoint + target, headers: headers, body: body, timeout: ServiceCenterClient.answerTimeout,
            connectTimeout: min(settings.connectTimeout, ServiceCenterClient.answerTimeout),
            maxBodyBytes: ServiceCenterClient.maxAnswerBytes, acceptsCompression: settings.compression)
        do throws(TransferFailure) {
            let response = try await transfers.start(request)
            return (response.status, try await response.collect())
        } catch {
            throw SourceFailure(error, at: endpoint)
        }
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

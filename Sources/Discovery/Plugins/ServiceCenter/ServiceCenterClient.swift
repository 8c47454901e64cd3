import Registry
import Topology

/// What a service-center is asked.
struct ServiceCenterClient: Sendable {
    /// The dump of every domain and project, which only the default domain may ask for.
    static let dumpPath = "/v4/default/admin/dump"
    /// What one answer but the dump may have, and how long a client that waits for it waits.
    private static let maxAnswerBytes = 4 << 20
    private static let answerTimeout = Duration.seconds(3)

    let upstream: UpstreamClient
    private let settings: ServiceCenterSettings

    init(_ settings: ServiceCenterSettings, _ surroundings: Surroundings) {
        self.settings = settings
        upstream = UpstreamClient(settings.endpoints, settings.access, surroundings)
    }

    /// Begins to read one endpoint's dump; the whole answer must come within this time. How it ended is the caller's
    /// to tell the upstream.
    func openDump(of index: Int, within time: Duration) async throws(SourceFailure) -> TransferResponse {
        let request = TransferRequest(
            url: ServiceCenterClient.dumpPath, headers: [("X-Domain-Name", "default")], timeout: time,
            connectTimeout: min(settings.connectTimeout, time), maxBodyBytes: settings.maxBodyBytes,
            acceptsCompression: settings.compression)
        let response = try await upstream.open(request, as: .ours, at: index)
        guard response.status == 200 else {
            let text = upstream.redacted(await firstLine(of: response))
            throw .refused(status: response.status, "\(upstream.endpoints[index]) \(text)")
        }
        return response
    }

    /// Asks for a schema.
    func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> UpstreamClient.Answer {
        let path = ["v4", service.tenant.project, "registry", "microservices", service.id.text, "schemas", id]
        return try await ask(.get, ServiceCenterCall.target(path, []), for: Caller(tenant: service.tenant))
    }

    /// Passes a request on to one endpoint, or the best one, with the caller's own credentials; a caller that has none
    /// gets ours, unless it is said not to.
    func send(
        _ call: ServiceCenterCall, for caller: Caller, as credentials: UpstreamClient.Credentials = .ours,
        at index: Int? = nil
    ) async throws(SourceFailure) -> UpstreamClient.Answer {
        try await ask(call.method, call.target, for: caller, body: call.body, as: credentials, at: index)
    }

    /// Looks something up at one endpoint.
    func look(
        _ target: String, for caller: Caller, at index: Int
    ) async throws(SourceFailure) -> UpstreamClient.Answer {
        try await ask(.get, target, for: caller, at: index)
    }

    private func ask(
        _ method: TransferRequest.Method, _ target: String, for caller: Caller, body: [UInt8]? = nil,
        as credentials: UpstreamClient.Credentials = .ours, at index: Int? = nil
    ) async throws(SourceFailure) -> UpstreamClient.Answer {
        var headers = [(name: "X-Domain-Name", value: caller.tenant.domain)]
        if let authorization = caller.authorization { headers.append(("Authorization", authorization)) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = TransferRequest(
            method, url: target, headers: headers, body: body, timeout: ServiceCenterClient.answerTimeout,
            connectTimeout: min(settings.connectTimeout, ServiceCenterClient.answerTimeout),
            maxBodyBytes: ServiceCenterClient.maxAnswerBytes, acceptsCompression: settings.compression)
        return try await upstream.ask(request, as: caller.authorization == nil ? credentials : .none, at: index)
    }

    /// The start of a refusal's text, for the operator.
    private func firstLine(of response: TransferResponse) async -> String {
        let chunk = (try? await response.nextChunk()) ?? []
        let line = chunk.prefix(200).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first ?? []
        return String(decoding: line, as: UTF8.self)
    }
}

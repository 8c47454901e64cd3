import Registry
import Topology

/// Asks the endpoints of one upstream for its dump.
struct ServiceCenterClient: Sendable {
    /// The dump of every domain and project, which only the default domain may ask for.
    static let dumpPath = "/v4/default/admin/dump"

    private let settings: ServiceCenterSettings
    private let transfers: HTTPTransfers
    private let clock: any Timekeeper
    /// Nil for an upstream that asks for no token.
    private let tokens: TokenKeeper?

    init(_ settings: ServiceCenterSettings, _ surroundings: Surroundings) {
        self.settings = settings
        transfers = surroundings.transfers
        clock = surroundings.clock
        tokens = settings.access.credentials.map {
            TokenKeeper($0, clock: surroundings.clock, files: surroundings.files)
        }
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
        let response = try await start(request, at: endpoint)
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

    /// Passes a request on to one endpoint; the answer's status and body. With the caller's own credentials, or, where
    /// that is said, with ours when the caller showed none.
    func send(
        _ call: ServiceCenterCall, for caller: Caller, asOurselves: Bool, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        try await ask(
            call.method, call.target, for: caller, body: call.body, asOurselves: asOurselves, at: index)
    }

    /// Looks something up at one endpoint; the answer's status and body.
    func look(
        _ target: String, for caller: Caller, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        try await ask(.get, target, for: caller, at: index)
    }

    private func ask(
        _ method: TransferRequest.Method, _ target: String, for caller: Caller, body: [UInt8]? = nil,
        asOurselves: Bool = true, at index: Int
    ) async throws(SourceFailure) -> (status: Int, body: [UInt8]) {
        var headers = [(name: "X-Domain-Name", value: caller.tenant.domain)]
        if let authorization = caller.authorization { headers.append(("Authorization", authorization)) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let endpoint = settings.endpoints[index].description
        let request = self.request(method, endpoint + target, headers: headers, body: body)
        let response =
            asOurselves && caller.authorization == nil
            ? try await start(request, at: endpoint) : try await send(request, at: endpoint)
        return (response.status, try await collect(response, from: endpoint))
    }

    private func request(
        _ method: TransferRequest.Method, _ url: String, headers: [(name: String, value: String)], body: [UInt8]?
    ) -> TransferRequest {
        TransferRequest(
            method, url: url, headers: headers, body: body, timeout: ServiceCenterClient.answerTimeout,
            connectTimeout: min(settings.connectTimeout, ServiceCenterClient.answerTimeout),
            maxBodyBytes: ServiceCenterClient.maxAnswerBytes, acceptsCompression: settings.compression)
    }

    /// Sends a request with the source's token, if it has any; with another one, once, when the upstream refuses it.
    /// What is spent on a token is part of the request's time.
    private func start(
        _ request: TransferRequest, at endpoint: String
    ) async throws(SourceFailure) -> TransferResponse {
        guard let tokens else { return try await send(request, at: endpoint) }
        let begun = clock.uptime()
        var request = request
        let limit = request.timeout
        var refused: TransferResponse?
        while true {
            let token = try await tokens.token { path, body async throws(SourceFailure) in
                var login = self.request(
                    .post, endpoint + path, headers: [("Content-Type", "application/json")], body: body)
                login.timeout = min(login.timeout, limit)
                let answer = try await send(login, at: endpoint)
                return (answer.status, try await collect(answer, from: endpoint))
            }
            if let refused, request.token == token { return refused }
            request.token = token
            request.timeout = max(limit - (clock.uptime() - begun), .milliseconds(1))
            let response = try await send(request, at: endpoint)
            guard response.status == 401 else {
                tokens.accepted(token)
                return response
            }
            tokens.refused(token)
            if refused != nil { return response }
            refused = response
        }
    }

    private func send(
        _ request: TransferRequest, at endpoint: String
    ) async throws(SourceFailure) -> TransferResponse {
        var request = request
        (request.tls, request.proxy) = (settings.access.tls, settings.access.proxy)
        do throws(TransferFailure) {
            return try await transfers.start(request)
        } catch {
            throw SourceFailure(error, at: endpoint)
        }
    }

    private func collect(
        _ response: TransferResponse, from endpoint: String
    ) async throws(SourceFailure) -> [UInt8] {
        do throws(TransferFailure) {
            return try await response.collect()
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

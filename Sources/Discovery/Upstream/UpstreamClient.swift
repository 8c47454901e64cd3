import Locks
import Registry
import Topology

/// Asks the endpoints of one upstream: the best one first, with the source's credentials, and not at all while nothing
/// is to be had. A request here has a path and a query for its URL.
final class UpstreamClient: Sendable {
    /// An answer that came whole, and the index of the endpoint that gave it.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
        var endpoint: Int
        /// Names in lower case; none for an answer of our own.
        var headers: [(name: String, value: String)] = []

        /// The first value of a header.
        func header(_ name: String) -> String? {
            let name = name.lowercased()
            return headers.first { $0.name == name }?.value
        }
    }

    /// Whose credentials a request has.
    enum Credentials {
        case none
        case ours
    }

    /// An attempt at one endpoint that failed.
    struct Failure: Error {
        var reason: SourceFailure
        /// Whether the upstream has certainly not taken the request in.
        var isBeforeTheRequest = false
    }

    /// Passwords are slow to verify on purpose.
    private static let loginTimeout = Duration.seconds(10)

    /// As text, in the order in which they are declared.
    let endpoints: [String]
    private let addresses: [UpstreamEndpoint]
    private let access: UpstreamAccess
    private let transfers: HTTPTransfers
    private let clock: any Timekeeper
    /// Nil for an upstream that asks for no token.
    private let tokens: TokenKeeper?
    private let health: Mutex<EndpointHealth>
    private let breaker = Mutex(CircuitBreaker())

    init(_ endpoints: [UpstreamEndpoint], _ access: UpstreamAccess, _ surroundings: Surroundings) {
        self.endpoints = endpoints.map(\.description)
        addresses = endpoints
        self.access = access
        transfers = surroundings.transfers
        clock = surroundings.clock
        tokens = access.credentials.map { TokenKeeper($0, clock: surroundings.clock, files: surroundings.files) }
        health = Mutex(EndpointHealth(self.endpoints))
    }

    /// The indexes of all endpoints, the one to ask first in front.
    var order: [Int] { health.withLock { $0.order(at: clock.uptime()) } }
    var statuses: [EndpointStatus] { health.withLock { $0.statuses(at: clock.uptime()) } }

    /// Why the file of the token or the password cannot be read any more, once it could; nil while it can. Blocks for a
    /// moment.
    var secretFault: String? { tokens?.fileFault }

    /// What the upstream says, without the token that it was shown.
    func redacted(_ text: String) -> String { tokens?.redacted(text) ?? text }

    /// An endpoint did what it should. Those who wait may ask again, whatever kept them from it.
    func succeeded(_ index: Int) {
        health.withLock { $0.succeeded(index, at: clock.uptime()) }
        breaker.withLock { $0.succeeded() }
    }

    /// An endpoint did not do what it should. That a request was given up, or that there is no token, says nothing of
    /// it.
    func failed(_ index: Int, _ reason: SourceFailure) {
        switch reason {
        case .cancelled, .unauthorized: return
        default: break
        }
        let jitter = Double.random(in: 0..<1)
        health.withLock {
            $0.failed(index, "\(reason)", at: clock.uptime(), time: clock.now(), jitter: jitter)
        }
    }

    /// Sends a request to one endpoint, and waits for the head of its answer. How it ended is the caller's to say, by
    /// `succeeded` or `failed`.
    func open(
        _ request: TransferRequest, as credentials: Credentials, at index: Int
    ) async throws(SourceFailure) -> TransferResponse {
        do throws(Failure) {
            return try await start(request, as: credentials, at: index)
        } catch {
            throw error.reason
        }
    }
}

// For those who wait.
extension UpstreamClient {
    /// Asks one endpoint, or the best one, for an answer that comes whole within the request's time. When an endpoint
    /// cannot be reached, so that it has not taken the request in, the next one is asked.
    func ask(
        _ request: TransferRequest, as credentials: Credentials, at only: Int? = nil
    ) async throws(SourceFailure) -> Answer {
        if let refusal = breaker.withLock({ $0.refusal(at: clock.uptime()) }) { throw refusal }
        do throws(SourceFailure) {
            let answer = try await ask(request, as: credentials, among: only.map { [$0] } ?? order)
            if (502...504).contains(answer.status) {
                let reason = SourceFailure.refused(status: answer.status, endpoints[answer.endpoint])
                failed(answer.endpoint, reason)
                waitedInVain(reason)
            } else {
                succeeded(answer.endpoint)
            }
            return answer
        } catch {
            waitedInVain(error)
            throw error
        }
    }

    private func ask(
        _ request: TransferRequest, as credentials: Credentials, among candidates: [Int]
    ) async throws(SourceFailure) -> Answer {
        let begun = clock.uptime()
        var last = SourceFailure.cancelled
        for (position, index) in candidates.enumerated() {
            var attempt = request
            attempt.timeout = request.timeout - (clock.uptime() - begun)
            guard attempt.timeout > .zero else { break }
            attempt.connectTimeout = min(request.connectTimeout, attempt.timeout / (candidates.count - position))
            do throws(Failure) {
                let response = try await start(attempt, as: credentials, at: index)
                var body = try await collect(response, from: endpoints[index])
                // A refusal goes on to a client, who is not to learn what we have shown.
                if response.status >= 400, credentials == .ours, tokens != nil {
                    body = Array(redacted(String(decoding: body, as: UTF8.self)).utf8)
                }
                return Answer(
                    status: response.status, body: body, endpoint: index, headers: response.headers)
            } catch {
                last = error.reason
                failed(index, error.reason)
                guard error.isBeforeTheRequest, !Task.isCancelled else { throw error.reason }
            }
        }
        throw last
    }

    private func waitedInVain(_ reason: SourceFailure) {
        let (now, jitter) = (clock.uptime(), Double.random(in: 0..<1))
        breaker.withLock { breaker in
            switch reason {
            // Tokens have a backoff of their own.
            case .cancelled, .unauthorized: breaker.givenUp(at: now)
            default: breaker.failed(reason, at: now, jitter: jitter)
            }
        }
    }
}

// One attempt.
extension UpstreamClient {
    /// Sends a request with the source's token, if it has any; with another one, once, when the upstream refuses it.
    /// What is spent on a token is part of the request's time.
    private func start(
        _ request: TransferRequest, as credentials: Credentials, at index: Int
    ) async throws(Failure) -> TransferResponse {
        guard credentials == .ours, let tokens else { return try await send(request, at: index) }
        let begun = clock.uptime()
        var request = request
        let limit = request.timeout
        var refused: TransferResponse?
        while true {
            let token = try await token(tokens, for: request, at: index)
            if let refused, request.token == token { return refused }
            request.token = token
            request.timeout = max(limit - (clock.uptime() - begun), .milliseconds(1))
            let response = try await send(request, at: index)
            guard response.status == 401 else {
                if let token { tokens.accepted(token) }
                return response
            }
            if let token { tokens.refused(token) } else { tokens.wanted() }
            if refused != nil { return response }
            refused = response
        }
    }

    /// Opens a WebSocket at one endpoint, with the source's token, if it has any; the handshake must be done within
    /// this time. After a refusal with 401 the next attempt has another token, if there is one.
    func webSocket(
        _ path: String, headers: [(name: String, value: String)], within time: Duration, at index: Int
    ) async throws(WebSocketClient.Failure) -> WebSocketConnection {
        let endpoint = addresses[index]
        var target = WebSocketClient.Target(host: endpoint.host, port: endpoint.port, path: path, headers: headers)
        (target.tls, target.proxy) = (endpoint.scheme == .https ? access.tls : nil, access.proxy)
        if let tokens {
            do throws(Failure) {
                target.token = try await token(tokens, for: TransferRequest(url: path, timeout: time), at: index)
            } catch {
                throw .cannotConnect("\(error.reason)")
            }
        }
        do throws(WebSocketClient.Failure) {
            var limits = WebSocketClient.Limits()
            limits.handshake = time
            return try await WebSocketClient(target, limits: limits).open()
        } catch {
            if case .refused(status: 401, _) = error {
                if let token = target.token { tokens?.refused(token) } else { tokens?.wanted() }
            }
            throw error
        }
    }

    private func token(
        _ tokens: TokenKeeper, for request: TransferRequest, at index: Int
    ) async throws(Failure) -> Secret? {
        do throws(SourceFailure) {
            return try await tokens.token { path, body async throws(SourceFailure) in
                let login = TransferRequest(
                    .post, url: path, headers: [("Content-Type", "application/json")], body: body,
                    timeout: min(request.timeout, UpstreamClient.loginTimeout), connectTimeout: request.connectTimeout,
                    maxBodyBytes: 1 << 20)
                do throws(Failure) {
                    // How long it takes to look a password up says nothing of an endpoint.
                    let answer = try await send(login, at: index, isMeasured: false)
                    return (answer.status, try await collect(answer, from: endpoints[index]))
                } catch {
                    throw error.reason
                }
            }
        } catch {
            // The endpoint was asked for a token and nothing else.
            throw Failure(reason: error, isBeforeTheRequest: true)
        }
    }

    private func send(
        _ request: TransferRequest, at index: Int, isMeasured: Bool = true
    ) async throws(Failure) -> TransferResponse {
        var request = request
        request.url = endpoints[index] + request.url
        (request.tls, request.proxy) = (access.tls, access.proxy)
        let begun = clock.uptime()
        do throws(TransferFailure) {
            let response = try await transfers.start(request)
            let now = clock.uptime()
            if isMeasured { health.withLock { $0.answered(index, after: now - begun, at: now) } }
            return response
        } catch {
            throw Failure(
                reason: SourceFailure(error, at: endpoints[index]), isBeforeTheRequest: error.isBeforeTheRequest)
        }
    }

    private func collect(_ response: TransferResponse, from endpoint: String) async throws(Failure) -> [UInt8] {
        do throws(TransferFailure) {
            return try await response.collect()
        } catch {
            throw Failure(reason: SourceFailure(error, at: endpoint))
        }
    }
}

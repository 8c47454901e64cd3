import Locks
import Registry
import ServiceCenterWire

/// The token that one source shows its upstream, for all who ask there.
final class TokenKeeper: Sendable {
    /// Asks the upstream for a token with this body, at the path that every service-center has for it.
    typealias Login = (_ path: String, _ body: [UInt8]) async throws(SourceFailure) -> (status: Int, body: [UInt8])

    private enum Kind: Sendable {
        case file(TokenFile)
        case account(TokenLease, waiting: [AsyncStream<Never>.Continuation])
    }

    private let credentials: UpstreamCredentials
    private let clock: any Timekeeper
    private let files: any FileReader
    private let kind: Mutex<Kind>
    private let lastShown = Mutex<Secret?>(nil)
    /// Whether the file of the token or the password was ever found to be sound.
    private let wasSound = Mutex(false)

    init(_ credentials: UpstreamCredentials, clock: any Timekeeper, files: any FileReader) {
        self.credentials = credentials
        self.clock = clock
        self.files = files
        switch credentials {
        case .file(let file): kind = Mutex(.file(TokenFile(file.path, declaredAt: file.origin)))
        case .account(_, _, let renewAfter): kind = Mutex(.account(TokenLease(renewAfter: renewAfter), waiting: []))
        }
    }

    /// The token to show. Asks the upstream for one when there is none, or when the one there is ends soon; all who
    /// come meanwhile share that. Nil for an upstream that has none, because it asks nobody who he is. Fails as
    /// `unauthorized` when there is none to be had.
    func token(_ login: Login) async throws(SourceFailure) -> Secret? {
        let token: Secret? =
            switch credentials {
            case .file: try fromFile()
            case .account(let user, let password, _): try await fromUpstream(user, password, login)
            }
        if let token { lastShown.withLock { $0 = token } }
        return token
    }

    /// What an upstream says, without the token that it was shown: some repeat what they do not like.
    func redacted(_ text: String) -> String {
        lastShown.withLock { $0 }?.redacted(in: text) ?? text
    }

    /// Why the file of the token or the password cannot be read any more, once it could; nil while it can. Reads the
    /// file, and blocks for that moment.
    var fileFault: String? {
        let (file, kind) = credentials.secret
        let problem = files.problem(ofSecretIn: file.path)
        return wasSound.withLock { wasSound in
            if problem == nil { wasSound = true }
            return wasSound ? problem.map { "the \(kind) file '\(file.path)' \($0)" } : nil
        }
    }

    /// The upstream took the token.
    func accepted(_ token: Secret) {
        withLease { $0.accepted(token) }
    }

    /// The upstream wants a token, though it has not been shown one.
    func wanted() { withLease { $0.needed() } }

    /// The upstream did not take the token: the next one who asks gets another one, if there is.
    func refused(_ token: Secret) {
        kind.withLock { kind in
            guard case .file(var file) = kind else { return }
            file.refused()
            kind = .file(file)
        }
        withLease { $0.refused(token, at: clock.uptime(), jitter: .random(in: 0..<1)) }
    }

    private func fromFile() throws(SourceFailure) -> Secret {
        let (now, files) = (clock.uptime(), files)
        let read = kind.withLock { kind -> Result<Secret, SourceFailure>? in
            guard case .file(var file) = kind else { return nil }
            defer { kind = .file(file) }
            do throws(SourceFailure) {
                return .success(try file.token(at: now, files))
            } catch {
                return .failure(error)
            }
        }
        guard let read else { throw .unauthorized("no token") }
        return try read.get()
    }

    private func fromUpstream(
        _ user: String, _ password: DeclaredFile, _ login: Login
    ) async throws(SourceFailure) -> Secret? {
        while true {
            if Task.isCancelled { throw .cancelled }
            switch withLease({ $0.want(at: clock.uptime()) }) {
            case .use(let token)?: return token
            case .unneeded?: return nil
            case .fail(let reason)?: throw reason
            case .wait?: await renewalIsOver()
            case .renew(let old)?:
                do throws(SourceFailure) {
                    return try await renew(user, password, login)
                } catch {
                    guard let old, error != .cancelled else { throw error }
                    return old
                }
            case nil: throw .unauthorized("no token")
            }
        }
    }

    private func renew(
        _ user: String, _ password: DeclaredFile, _ login: Login
    ) async throws(SourceFailure) -> Secret? {
        defer { endWaiting() }
        do throws(SourceFailure) {
            let body = try self.body(user, password)
            let (status, answer) = try await login("/v4/token", body)
            guard status < 500 else { throw SourceFailure.refused(status: status, "at /v4/token") }
            // A service-center without access control does not know the path.
            guard status != 404 else {
                withLease { $0.unneeded(at: clock.uptime()) }
                return nil
            }
            guard status == 200, let token = WriteAnswer(body: answer).member("token"), !token.isEmpty else {
                throw .unauthorized("the upstream answered status \(status) without a token to the user '\(user)'")
            }
            let secret = Secret(token)
            let lifetime = TokenClaims.lifetime(of: token, at: clock.now())
            withLease { $0.renewed(secret, lifetime: lifetime, at: clock.uptime()) }
            return secret
        } catch {
            withLease { lease in
                if case .unauthorized = error {
                    lease.failed(error, at: clock.uptime(), jitter: .random(in: 0..<1))
                } else {
                    // Another endpoint may give one.
                    lease.givenUp()
                }
            }
            throw error
        }
    }

    private func body(_ user: String, _ file: DeclaredFile) throws(SourceFailure) -> [UInt8] {
        let problem: String
        do {
            if let password = Secret(fileContent: try files.read(file.path)) {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("name", user)
                writer.member("password", password.reveal())
                writer.endObject()
                return writer.bytes
            }
            problem = "has not one line of text"
        } catch {
            problem = error.problem
        }
        throw .unauthorized("the password file that \(file.origin) names \(problem)")
    }

    /// Waits until nobody renews the token, or the task is cancelled.
    private func renewalIsOver() async {
        let (over, end) = AsyncStream.makeStream(of: Never.self)
        kind.withLock { kind in
            guard case .account(let lease, var waiting) = kind, lease.isRenewing else { return end.finish() }
            waiting.append(end)
            kind = .account(lease, waiting: waiting)
        }
        for await _ in over {}
    }

    private func endWaiting() {
        let waiting = kind.withLock { kind -> [AsyncStream<Never>.Continuation] in
            guard case .account(let lease, let waiting) = kind else { return [] }
            kind = .account(lease, waiting: [])
            return waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    @discardableResult
    private func withLease<Answer: Sendable>(_ change: (inout TokenLease) -> Answer) -> Answer? {
        kind.withLock { kind in
            guard case .account(var lease, let waiting) = kind else { return nil }
            defer { kind = .account(lease, waiting: waiting) }
            return change(&lease)
        }
    }
}

import Discovery
import TestSupport
import Testing

/// Real handshakes with a server whose certificate a CA of the test has signed.
@Suite("A transfer over TLS")
struct TransferTLSTests {
    @Test("comes about with the CA that signed the server's certificate, and not without")
    func authority() async throws {
        let world = try await TLSWorld()
        try await world.serve(ServerTLS(world.server)) { server, transfers in
            let known = try world.request(server, "ca: \(world.authority.certificate)")
            let response = try await transfers.start(known)
            #expect(try await response.collect() == Array("hello".utf8))
            let unknown = try world.request(server, "minimumVersion: 1.2")
            let problem = await failure(of: unknown, transfers)
            #expect(problem?.description.contains("no CA of this system has signed it") == true)
            let stranger = try await TestAuthority()
            let other = try world.request(server, "ca: \(stranger.certificate)")
            #expect(await failure(of: other, transfers)?.description.contains("has signed it") == true)
        }
    }

    @Test("asks for the declared server name, which need not be the host's, and tells the host all the same")
    func serverName() async throws {
        let world = try await TLSWorld()
        let named = try await world.authority.issue("named", for: "DNS:registry.example")
        try await world.serve(ServerTLS(named)) { server, transfers in
            let ca = "ca: \(world.authority.certificate)"
            _ = try await transfers.start(try world.request(server, ca + ", serverName: registry.example")).collect()
            #expect(server.requests.map { $0.header("Host") } == ["127.0.0.1:\(server.port)"])
            let host = await failure(of: try world.request(server, ca), transfers)
            #expect(host?.description.contains("another name; say which as 'tls.serverName'") == true)
            let other = await failure(of: try world.request(server, ca + ", serverName: other.example"), transfers)
            #expect(other?.description.contains("another name than 'other.example'") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test("fails when the server's certificate has expired, and says so")
    func expired() async throws {
        let world = try await TLSWorld()
        let old = try await world.authority.issue("old", days: -1)
        try await world.serve(ServerTLS(old)) { server, transfers in
            let problem = await failure(of: try world.request(server, "ca: \(world.authority.certificate)"), transfers)
            #expect(problem == .tls("its certificate has expired"))
        }
    }

    @Test(
        "shows a client certificate to a server that asks for one, and says so when there is none",
        arguments: [false, true])
    func client(isOld: Bool) async throws {
        let world = try await TLSWorld()
        let client = try await world.authority.issue("client")
        let tls = ServerTLS(world.server, clientAuthority: world.authority.certificate, isOld: isOld)
        try await world.serve(tls) { server, transfers in
            let ca = "ca: \(world.authority.certificate)"
            let shown = ca + ", certificate: \(client.certificate), key: \(client.key)"
            _ = try await transfers.start(try world.request(server, shown)).collect()
            let problem = await failure(of: try world.request(server, ca), transfers)
            #expect(problem?.kind == "tls")
            #expect(problem?.description.contains("client certificate") == true)
            let elsewhere = try await TestAuthority()
            defer { withExtendedLifetime(elsewhere) {} }
            let stranger = try await elsewhere.issue("stranger")
            let wrong = ca + ", certificate: \(stranger.certificate), key: \(stranger.key)"
            let refusal = await failure(of: try world.request(server, wrong), transfers)
            #expect(
                refusal?.description.contains("does not accept our client certificate") == true,
                "\(String(describing: refusal))")
            #expect(server.requests.count == 1)
        }
    }

    @Test("fails by our own files, saying which: a key that does not fit, one with a pass phrase, none at all")
    func ownFiles() async throws {
        let world = try await TLSWorld()
        let client = try await world.authority.issue("client")
        let locked = try await world.authority.locked(client.key)
        try await world.serve(ServerTLS(world.server)) { server, transfers in
            let ca = "ca: \(world.authority.certificate), certificate: \(client.certificate)"
            for (settings, words) in [
                (
                    ca + ", key: \(world.server.key)",
                    "'tls.key' is none, or does not fit the certificate '\(client.certificate)'"
                ),
                (ca + ", key: \(locked)", "'tls.key' is none, or does not fit"),
                (ca + ", key: /nowhere", "'tls.key' is none, or does not fit"),
                ("ca: /nowhere", "the CAs in '/nowhere' cannot be read as such"),
                (
                    "ca: \(world.authority.certificate), certificate: /nowhere, key: /nowhere",
                    "the certificate '/nowhere' cannot be read as one"
                ),
            ] {
                let problem = await failure(of: try world.request(server, settings), transfers)
                #expect(problem?.description.contains(words) == true, "\(String(describing: problem))")
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("keeps to the declared minimum version")
    func version() async throws {
        let world = try await TLSWorld()
        try await world.serve(ServerTLS(world.server, isOld: true)) { server, transfers in
            let ca = "ca: \(world.authority.certificate)"
            _ = try await transfers.start(try world.request(server, ca)).collect()
            let problem = await failure(of: try world.request(server, ca + ", minimumVersion: 1.3"), transfers)
            #expect(problem == .tls("it speaks no TLS 1.3 or later"))
        }
    }

    @Test("does not go over a connection that was opened under other terms")
    func reuse() async throws {
        let world = try await TLSWorld()
        let client = try await world.authority.issue("client")
        try await world.serve(ServerTLS(world.server)) { server, transfers in
            let ca = "ca: \(world.authority.certificate)"
            for settings in [ca, ca, ca + ", certificate: \(client.certificate), key: \(client.key)"] {
                _ = try await transfers.start(try world.request(server, settings)).collect()
            }
            #expect(server.requests.map(\.connection) == [1, 1, 2])
        }
    }
}

/// A CA, and a certificate for 127.0.0.1 that it has signed.
private struct TLSWorld {
    let authority: TestAuthority
    let server: TestAuthority.Identity

    init() async throws {
        authority = try await TestAuthority()
        server = try await authority.issue("server")
    }

    func serve(
        _ tls: ServerTLS, _ test: (ScriptedServer, HTTPTransfers) async throws -> Void
    ) async throws {
        try await withServer(tls: tls, { _ in .respond(body: Array("hello".utf8)) }, test)
    }

    func request(_ server: ScriptedServer, _ tls: String) throws -> TransferRequest {
        var request = TransferRequest(url: server.url)
        request.tls = try access("tls: {\(tls)}").tls
        return request
    }
}

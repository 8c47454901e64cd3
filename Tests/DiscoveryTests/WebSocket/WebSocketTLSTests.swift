import Discovery
import Locks
import TestSupport
import Testing
import Topology

/// The same terms as a transfer's, in real handshakes.
@Suite("A WebSocket over TLS")
struct WebSocketTLSTests {
    @Test("comes about with the CA that signed the server's certificate, and carries the token")
    func authority() async throws {
        let world = try await World()
        let ca = "ca: \(world.authority.certificate)"
        try await world.serve(ServerTLS(world.server)) { server in
            #expect(try await first(target(server, ca)) == "hello")
            #expect(server.requests.map { $0.header("Authorization") } == ["Bearer hunter2"])
            let stranger = try await TestAuthority()
            let problem = await refusal(try target(server, "ca: \(stranger.certificate)"))
            #expect(problem == "cannot connect: no TLS: its certificate is not trusted, or not valid now")
            let missing = await refusal(try target(server, "ca: /nowhere"))
            #expect(missing?.contains("the CA, the certificate or the key cannot be used") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test("asks for the declared server name, and tells the host all the same")
    func serverName() async throws {
        let world = try await World()
        let named = try await world.authority.issue("named", for: "DNS:registry.example")
        let ca = "ca: \(world.authority.certificate)"
        try await world.serve(ServerTLS(named)) { server in
            #expect(try await first(target(server, ca + ", serverName: registry.example")) == "hello")
            #expect(server.requests.map { $0.header("Host") } == ["127.0.0.1:\(server.port)"])
            for settings in [ca, ca + ", serverName: other.example"] {
                let problem = await refusal(try target(server, settings))
                #expect(problem == "cannot connect: no TLS: its certificate is for another name")
            }
        }
    }

    @Test("shows a client certificate to a server that asks for one, and says so when there is none")
    func client() async throws {
        let world = try await World()
        let client = try await world.authority.issue("client")
        let ca = "ca: \(world.authority.certificate)"
        let tls = ServerTLS(world.server, clientAuthority: world.authority.certificate)
        try await world.serve(tls) { server in
            let shown = ca + ", certificate: \(client.certificate), key: \(client.key)"
            #expect(try await first(target(server, shown)) == "hello")
            let problem = await refusal(try target(server, ca))
            #expect(problem == "cannot connect: no TLS: it asks for a client certificate")
            let locked = try await world.authority.locked(client.key)
            let asking = await refusal(try target(server, ca + ", certificate: \(client.certificate), key: \(locked)"))
            #expect(asking?.contains("the key cannot be used") == true)
        }
    }

    @Test("keeps to the declared minimum version")
    func version() async throws {
        let world = try await World()
        let ca = "ca: \(world.authority.certificate)"
        try await world.serve(ServerTLS(world.server, isOld: true)) { server in
            #expect(try await first(target(server, ca)) == "hello")
            let problem = await refusal(try target(server, ca + ", minimumVersion: 1.3"))
            #expect(problem == "cannot connect: no TLS: it does not speak the declared version or a later one")
        }
    }

    @Test("goes through a proxy, plain or not, which sees the host and no credentials")
    func proxy() async throws {
        let world = try await World()
        let named = try await world.authority.issue("named", for: "DNS:registry.example")
        let settings = "ca: \(world.authority.certificate), serverName: registry.example"
        for tls in [nil, ServerTLS(named)] {
            try await world.serve(tls) { server in
                let proxy = try await TunnelProxy(to: server.port)
                var target = try target(server, settings)
                if tls == nil { target.tls = nil }
                (target.host, target.proxy) = ("upstream.invalid", try UpstreamEndpoint(parsing: proxy.url))
                #expect(try await first(target) == "hello")
                let head = "CONNECT upstream.invalid:\(server.port) HTTP/1.1\r\n"
                #expect(proxy.requests.count == 1 && proxy.requests[0].hasPrefix(head))
                #expect(!proxy.requests[0].contains("hunter"))
                await proxy.stop()
            }
        }
    }

    @Test("does not come about when the proxy says no, or when nothing says which name an address has")
    func refused() async throws {
        let proxy = try await ScriptedServer.start { _ in .respond(status: 407) }
        var target = WebSocketClient.Target(host: "10.0.0.1", port: 30_100, path: "/")
        target.proxy = try UpstreamEndpoint(parsing: proxy.url)
        #expect(await refusal(target) == "cannot connect: the proxy answered 407")
        target.tls = UpstreamTLS()
        #expect(await refusal(target)?.contains("needs 'tls.serverName'") == true)
        await proxy.stop()
    }

    private func target(_ server: ScriptedServer, _ tls: String) throws -> WebSocketClient.Target {
        var target = WebSocketClient.Target(host: "127.0.0.1", port: server.port, path: "/watch")
        (target.tls, target.token) = (try access("tls: {\(tls)}").tls, Secret("hunter2"))
        return target
    }

    /// The first text that comes.
    private func first(_ target: WebSocketClient.Target) async throws -> String? {
        let text = Mutex<String?>(nil)
        struct Enough: Error {}
        do {
            try await WebSocketClient(target).run { bytes in
                text.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
                throw Enough()
            }
        } catch is Enough {}
        return text.withLock { $0 }
    }

    private func refusal(_ target: WebSocketClient.Target) async -> String? {
        do throws(WebSocketClient.Failure) {
            try await WebSocketClient(target).open().close()
            return nil
        } catch {
            return error.description
        }
    }
}

private struct World {
    let authority: TestAuthority
    let server: TestAuthority.Identity

    init() async throws {
        authority = try await TestAuthority()
        server = try await authority.issue("server")
    }

    func serve(_ tls: ServerTLS?, _ test: (ScriptedServer) async throws -> Void) async throws {
        let server = try await ScriptedServer.start(tls: tls) { _ in
            let socket = ScriptedSocket()
            socket.send("hello")
            return .webSocket(socket)
        }
        let result: Result<Void, any Error>
        do {
            try await test(server)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try result.get()
    }
}

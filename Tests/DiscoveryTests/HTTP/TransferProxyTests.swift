import Discovery
import TestSupport
import Testing
import Topology

@Suite("A transfer through a proxy")
struct TransferProxyTests {
    @Test("asks the proxy for the whole URL of a plain upstream")
    func plain() async throws {
        try await withServer { _ in
            .respond(body: [1])
        } _: { proxy, transfers in
            var request = TransferRequest(url: "http://upstream.invalid:30100/v4")
            request.proxy = try UpstreamEndpoint(parsing: proxy.url)
            #expect(try await transfers.start(request).collect() == [1])
            #expect(proxy.requests.map(\.path) == ["http://upstream.invalid:30100/v4"])
        }
    }

    @Test("asks for a tunnel to an upstream that speaks TLS, without showing the proxy any credentials")
    func tunnel() async throws {
        try await withServer { _ in
            .respond(status: 403)
        } _: { proxy, transfers in
            var request = TransferRequest(url: "https://upstream.invalid:30100/v4")
            request.proxy = try UpstreamEndpoint(parsing: proxy.url)
            request.token = Secret("hunter2")
            #expect(await failure(of: request, transfers) == .refused("the proxy answered 403"))
            request.tls = try access("tls: {serverName: registry.example}").tls
            #expect(await failure(of: request, transfers) == .refused("the proxy answered 403"))
            #expect(proxy.requests.map(\.method) == ["CONNECT", "CONNECT"])
            #expect(proxy.requests.map(\.path) == ["upstream.invalid:30100", "upstream.invalid:30100"])
            #expect(proxy.requests.allSatisfy { $0.header("Authorization") == nil })
        }
    }

    @Test("speaks TLS with the upstream through the tunnel, by the declared name")
    func tunnelled() async throws {
        let authority = try await TestAuthority()
        let named = try await authority.issue("named", for: "DNS:registry.example")
        try await withServer(tls: ServerTLS(named)) { _ in
            .respond(body: [7])
        } _: { server, transfers in
            let proxy = try await TunnelProxy(to: server.port)
            var request = TransferRequest(url: "https://upstream.invalid:30100/v4")
            request.tls = try access("tls: {ca: \(authority.certificate), serverName: registry.example}").tls
            request.proxy = try UpstreamEndpoint(parsing: proxy.url)
            request.token = Secret("hunter2")
            #expect(try await transfers.start(request).collect() == [7])
            #expect(server.requests.map { $0.header("Host") } == ["upstream.invalid:30100"])
            #expect(server.requests.map { $0.header("Authorization") } == ["Bearer hunter2"])
            #expect(proxy.requests.count == 1 && proxy.requests[0].hasPrefix("CONNECT upstream.invalid:30100 "))
            #expect(!proxy.requests[0].contains("hunter"))
            await proxy.stop()
        }
    }

    @Test("fails when there is no proxy, rather than go without")
    func absent() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            let gone = try await ScriptedServer.start { _ in .respond() }
            await gone.stop()
            var request = TransferRequest(url: server.url)
            request.proxy = try UpstreamEndpoint(parsing: gone.url)
            #expect(await failure(of: request, transfers)?.kind == "refused")
            #expect(server.requests.isEmpty)
        }
    }
}

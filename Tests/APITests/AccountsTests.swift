import TestSupport
import Testing
import Topology

@Suite("Tokens and accounts")
struct AccountsTests {
    @Test("are the home's own: requests for them go there as they came, and so does a client's token")
    func relayed() async throws {
        let upstream = try await ScriptedServer.start { request in
            switch (request.method, request.path) {
            case ("POST", "/v4/token"): .respond(body: Array(#"{"token":"secret"}"#.utf8))
            case ("GET", "/v4/accounts/a%20b"): .respond(status: 401, body: Array(#"{"errorCode":"401002"}"#.utf8))
            case ("POST", "/v4/default/registry/microservices"): .respond(body: Array(#"{"serviceId":"x"}"#.utf8))
            default: .respond(body: Array(#"{"cache":{}}"#.utf8))
            }
        }
        var topology = try Upstreams.topology([("home", upstream)])
        topology.home = "home"
        let registry = try await LiveRegistry.start(topology)
        let client = RegistryClient("\(registry.address)", registry.client)
        let login = #"{"name":"root","password":"p"}"#
        let token = try await client.ask("POST", "/v4/token", body: login)
        #expect(token.status == 200)
        #expect(token.text == #"{"token":"secret"}"#)
        #expect(upstream.requests.last { $0.path == "/v4/token" }?.body == Array(login.utf8))
        let account = try await client.ask("GET", "/v4/accounts/a%20b", headers: ["Authorization": "Bearer secret"])
        #expect(account.status == 401)
        #expect(account.json?["errorCode"] == .string("401002"))
        let asked = upstream.requests.last { $0.path.hasPrefix("/v4/accounts") }
        #expect(asked?.header("Authorization") == "Bearer secret")
        let body = #"{"service":{"appId":"shop","serviceName":"cart"}}"#
        _ = try await client.ask(
            "POST", "/v4/default/registry/microservices", headers: ["Authorization": "Bearer secret"], body: body)
        let write = upstream.requests.last { $0.method == "POST" && $0.path.hasSuffix("/microservices") }
        #expect(write?.header("Authorization") == "Bearer secret")
        // Nobody's token is used for what we ask ourselves.
        let dumps = upstream.requests.filter { $0.path.hasSuffix("/dump") }
        #expect(!dumps.isEmpty && dumps.allSatisfy { $0.header("Authorization") == nil })
        await registry.stop()
        await upstream.stop()
    }

    @Test("are none where the home has none: 404, by which clients know that no token is needed")
    func none() async throws {
        let registry = try await Upstreams.embedded("home")
        #expect(try await registry.ask("POST", "/v4/token", body: Array("{}".utf8)).status == 404)
        #expect(try await registry.ask("GET", "/v4/roles").status == 404)
        await registry.stop()
    }
}

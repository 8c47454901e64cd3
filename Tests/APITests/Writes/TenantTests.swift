import TestSupport
import Testing
import Topology

@Suite("A tenant or an ID that no key can hold")
struct TenantTests {
    @Test("is refused with 400001, and keeps nobody from reading the rest")
    func refused() async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let body = #"{"service":{"appId":"shop","serviceName":"cart"}}"#
        let path = "/v4/default/registry/microservices"
        let requests: [(path: String, headers: [String: String], body: String)] = [
            (path, ["X-Domain-Name": "a/b"], body),
            (path.replacing("default", with: "a%2Fb"), [:], body),
            (path.replacing("default", with: "a%00b"), [:], body),
            (path, [:], body.replacing("{\"appId\"", with: #"{"serviceId":"a\u0000b","appId""#)),
        ]
        for request in requests {
            let answer = try await client.ask("POST", request.path, headers: request.headers, body: request.body)
            #expect(answer.status == 400, "\(request)")
            #expect(answer.json?["errorCode"] == .string("400001"), "\(request): \(answer.text)")
        }
        _ = try await client.register("cart")
        let front = try await LiveRegistry.start(.fromManagerCluster("home=http://\(registry.address)"))
        #expect(try await RegistryClient("\(front.address)", front.client).hosts(of: "cart") == [])
        await front.stop()
        await registry.stop()
    }
}

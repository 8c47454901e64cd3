import API
import Discovery
import Registry
import TestSupport
import Testing

/// What happens when more is asked than can be done.
@Suite struct OverloadTests {
    private static let find = "/v4/default/registry/instances?appId=shop&version=0%2B&serviceName=cart"

    private func withRegistry(
        _ change: (inout APILimits) -> Void,
        _ body: @escaping @Sendable (LiveRegistry, RegistryClient) async throws -> Void
    ) async throws {
        var limits = APILimits.forTests
        change(&limits)
        let source = LocalSource(id: SourceID("home"), settings: .roomy, clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source, limits: limits)
        try await body(registry, RegistryClient("\(registry.address)", registry.client))
        await registry.stop()
    }

    /// A microservice with some megabytes of instances: more than the system's buffers of a socket hold.
    private func registerLarge(_ client: RegistryClient) async throws {
        let service = try await client.register("cart")
        let path = "/v4/default/registry/microservices/\(service)/instances"
        let padding = String(repeating: "x", count: 1 << 20)
        for number in 0..<12 {
            let body = """
                {"instance":{"hostName":"h\(number)","endpoints":["rest://h\(number):1"],\
                "properties":{"padding":"\(padding)"}}}
                """
            _ = try await client.ask("POST", path, body: body)
        }
    }

    private func waitingBytes(_ client: RegistryClient) async throws -> Int {
        let page = try await client.ask("GET", "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix("mainstem_waiting_bytes ") }
        return Int(line?.split(separator: " ").last ?? "") ?? -1
    }

    @Test("a request that would have to wait with too many others gets 429 with a small body, a read does not")
    func waiting() async throws {
        try await withRegistry({ $0.waitingRequests = 0 }) { _, client in
            let refused = try await client.ask("POST", "/v4/default/registry/microservices", body: "{}")
            #expect(refused.status == 429)
            #expect(refused.json?["errorCode"]?.text == "429001")
            #expect(refused.json?["errorMessage"]?.text == "Too many requests")
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.body.count < 200)
            #expect(try await client.ask("GET", "/v4/default/registry/microservices").status == 200)
        }
    }

    @Test("a place among those that wait is free again after the answer")
    func places() async throws {
        try await withRegistry({ $0.waitingRequests = 1 }) { _, client in
            for number in 0..<10 { _ = try await client.register("s-\(number)") }
        }
    }

    @Test("while clients are slow to take too much, requests get 429 and monitors an answer; afterwards all is well")
    func slowClients() async throws {
        try await withRegistry({ $0.waitingBytes = 1 << 20 }) { registry, client in
            try await registerLarge(client)
            let slow = try Conversation(registry.address)
            slow.send(OverloadTests.find)
            try await eventually("the bytes wait") { try await waitingBytes(client) > 12 << 20 }
            let refused = try await client.ask("GET", "/v4/default/registry/microservices")
            #expect(refused.status == 429 && refused.body.count < 200)
            #expect(try await client.ask("GET", "/livez").status == 200)
            #expect(try slow.next().body.count > 12 << 20)
            try await eventually("no bytes wait") { try await waitingBytes(client) == 0 }
            #expect(try await client.ask("GET", "/v4/default/registry/microservices").status == 200)
        }
    }

    @Test("a client that asks and does not read gets one answer at a time, and each of them in the end")
    func oneAtATime() async throws {
        try await withRegistry({ _ in }) { registry, client in
            try await registerLarge(client)
            let slow = try Conversation(registry.address)
            for _ in 0..<5 { slow.send(OverloadTests.find) }
            try await eventually("the bytes wait") { try await waitingBytes(client) > 0 }
            let one = try slow.next().body.count
            try await eventually("the next answer waits") { try await waitingBytes(client) == one }
            for _ in 0..<4 { #expect(try slow.next().body.count == one) }
        }
    }

    @Test("what waited for a client that is gone waits no more")
    func gone() async throws {
        try await withRegistry({ _ in }) { registry, client in
            try await registerLarge(client)
            var slow: Conversation? = try Conversation(registry.address)
            slow?.send(OverloadTests.find)
            try await eventually("the bytes wait") { try await waitingBytes(client) > 0 }
            slow = nil
            try await eventually("no bytes wait") { try await waitingBytes(client) == 0 }
        }
    }
}

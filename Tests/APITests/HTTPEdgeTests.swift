import API
import Discovery
import Registry
import TestSupport
import Testing

/// What stands at the edges of HTTP, in bytes.
@Suite struct HTTPEdgeTests {
    private func withRegistry(_ body: @escaping @Sendable (HTTPServer.Address) throws -> Void) async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        let address = registry.address
        try await blocking { try body(address) }
        await registry.stop()
    }

    @Test("HEAD is answered as GET without the body, so that the next answer is not taken for it")
    func head() async throws {
        try await withRegistry { address in
            let text =
                "HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let answer = try RawClient.exchange(address, text)
            #expect(answer.contains("Content-Length: 3\r\n\r\nHTTP/1.1 200 OK"), Comment(rawValue: answer))
            #expect(answer.hasSuffix("ok\n"))
        }
    }

    @Test("a client that waits to be told to go on is told so")
    func expectContinue() async throws {
        try await withRegistry { address in
            let body = #"{"service":{"serviceName":"a"}}"#
            let text = """
                POST /v4/default/registry/microservices HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r
                Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
                """
            let answer = try RawClient.exchange(address, text)
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), Comment(rawValue: answer))
        }
    }

    @Test("a target with scheme and host is answered as one without")
    func absoluteForm() async throws {
        try await withRegistry { address in
            let text = "GET http://else.where:1/livez?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let answer = try RawClient.exchange(address, text)
            #expect(answer.hasSuffix("ok\n"))
        }
    }

    @Test("a body that is too large, and a head that is, are refused without harm to the next request")
    func tooLarge() async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        let client = RegistryClient("\(registry.address)", registry.client)
        let big = String(repeating: "x", count: 3 << 20)
        let refused = try await client.ask("POST", "/v4/default/registry/microservices", body: big)
        #expect(refused.status == 400)
        #expect(refused.text.contains("the body is larger than 2097152 bytes"))
        let long = try await client.ask("GET", "/livez", headers: ["X-Long": String(repeating: "y", count: 40_000)])
        #expect(long.status == 431)
        #expect(try await client.ask("GET", "/livez").status == 200)
        await registry.stop()
    }
}

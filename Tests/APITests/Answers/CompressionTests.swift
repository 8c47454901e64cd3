import API
import Discovery
import Registry
import TestSupport
import Testing

/// Which answers are compressed, over real sockets.
@Suite struct CompressionTests {
    private static let find = "/v4/default/registry/instances?appId=shop&version=0%2B&serviceName="

    private func withRegistry(
        _ body: @escaping @Sendable (LiveRegistry, RegistryClient) async throws -> Void
    ) async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        try await body(registry, RegistryClient("\(registry.address)", registry.client))
        await registry.stop()
    }

    /// Registers a microservice whose find has a body of this size.
    private func register(_ name: String, findBytes: Int, _ client: RegistryClient) async throws {
        let service = try await client.register(name)
        let path = "/v4/default/registry/microservices/\(service)/instances"
        var padding = 1
        // The first registration shows what the second one lacks.
        for isLast in [false, true] {
            let body = """
                {"instance":{"instanceId":"\(name)","hostName":"h","endpoints":["rest://h:1"],\
                "properties":{"padding":"\(String(repeating: "x", count: padding))"}}}
                """
            _ = try await client.ask("POST", path, body: body)
            padding += findBytes - (try await client.find(name).body.count)
            if !isLast { try await client.stop(name, of: service) }
        }
    }

    @Test("a body of 1,400 bytes is sent in gzip's form to a client that takes it, one of 1,399 is not")
    func smallest() async throws {
        try await withRegistry { registry, client in
            try await register("small", findBytes: 1_399, client)
            try await register("large", findBytes: 1_400, client)
            let talk = try Conversation(registry.address)
            // The second time it is kept.
            for _ in 0..<2 {
                let small = try talk.ask(CompressionTests.find + "small", headers: ["Accept-Encoding: gzip"])
                #expect(small.body.count == 1_399)
                #expect(small.headers["content-encoding"] == nil && small.headers["vary"] == nil)
                let large = try talk.ask(CompressionTests.find + "large", headers: ["Accept-Encoding: gzip"])
                #expect(large.headers["content-encoding"] == "gzip")
                #expect(large.headers["vary"] == "Accept-Encoding")
                #expect(large.body.count < 1_000 && large.body.starts(with: [0x1F, 0x8B]))
                for refused in ["identity", "gzip;q=0"] {
                    let plain = try talk.ask(CompressionTests.find + "large", headers: ["Accept-Encoding: \(refused)"])
                    #expect(plain.body.count == 1_400 && plain.headers["content-encoding"] == nil)
                    #expect(plain.headers["vary"] == "Accept-Encoding")
                }
            }
            // The client of these tests takes gzip, and decodes it.
            #expect(try await client.hosts(of: "large") == ["h"])
        }
    }

    @Test("HEAD shows the length that GET has, compressed or not")
    func head() async throws {
        try await withRegistry { registry, client in
            try await register("large", findBytes: 5_000, client)
            let talk = try Conversation(registry.address)
            for headers in [[], ["Accept-Encoding: gzip"]] {
                let head = try talk.ask(CompressionTests.find + "large", method: "HEAD", headers: headers)
                let get = try talk.ask(CompressionTests.find + "large", headers: headers)
                #expect(head.headers == get.headers)
                #expect(get.headers["content-length"] == "\(get.body.count)")
            }
        }
    }

    @Test("the dump in gzip's form is the same dump")
    func dump() async throws {
        try await withRegistry { registry, client in
            for number in 0..<200 { try await register("s-\(number)", findBytes: 2_000, client) }
            func dump(compressed: Bool) async throws -> (coding: String?, body: [UInt8]) {
                let request = TransferRequest(
                    url: "\(registry.url)/v4/default/admin/dump", acceptsCompression: compressed)
                let response = try await registry.client.start(request)
                let coding = response.headers.first { $0.name == "content-encoding" }?.value
                return (coding, try await response.collect())
            }
            let plain = try await dump(compressed: false)
            let compressed = try await dump(compressed: true)
            #expect(plain.coding == nil && compressed.coding == "gzip")
            #expect(plain.body.count > 100_000)
            #expect(plain.body == compressed.body)
        }
    }
}

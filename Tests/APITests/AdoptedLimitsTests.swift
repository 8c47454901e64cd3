import API
import Discovery
import Registry
import TestSupport
import Testing

/// Other limits are put in force while clients are connected.
@Suite(.timeLimit(.minutes(4))) struct AdoptedLimitsTests {
    private func withRegistry(
        _ body: @escaping @Sendable (LiveRegistry, RegistryClient) async throws -> Void
    ) async throws {
        let source = LocalSource(id: SourceID("home"), settings: .roomy, clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        try await body(registry, RegistryClient("\(registry.address)", registry.client))
        await registry.stop()
    }

    /// Runs a test over one connection that stays open, on a thread of its own.
    private func converse(
        _ body: @escaping @Sendable (LiveRegistry, Conversation) throws -> Void
    ) async throws {
        try await withRegistry { registry, _ in
            try await blocking { try body(registry, Conversation(registry.address)) }
        }
    }

    private func adopt(_ registry: LiveRegistry, _ change: (inout APILimits) -> Void) {
        var limits = registry.services.limits.now
        change(&limits)
        registry.services.limits.adopt(limits)
    }

    @Test("the next connection is judged by them, and those that are open stay")
    func connections() async throws {
        try await converse { registry, open throws in
            let once = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            #expect(try open.ask("/livez").status == 200)
            adopt(registry) { $0.connections = 1 }
            #expect(try RawClient.exchange(registry.address, once) == "")
            #expect(try open.ask("/livez").status == 200)
            adopt(registry) { $0.connections = 100 }
            #expect(try RawClient.exchange(registry.address, once).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("the next request is judged by them, on the connection that there is")
    func requests() async throws {
        try await converse { registry, open throws in
            let (path, long) = ("/v4/default/registry/microservices", String(repeating: "x", count: 2_000))
            let kept = try open.ask("/v4/default/registry/version").text
            adopt(registry) { ($0.bodyBytes, $0.headerBytes) = (1_024, 1_024) }
            #expect(try open.ask(path, method: "POST", body: long).text.contains("larger than 1024 bytes"))
            #expect(try open.ask("/livez", headers: ["X-Long: \(long)"]).status == 431)
            let told = try open.ask("/v4/default/registry/version").text
            #expect(told != kept && told.contains(#""maxBodyBytes":1024"#))
            adopt(registry) { $0.waitingRequests = 0 }
            #expect(try open.ask(path, method: "POST", body: "{}").status == 429)
            adopt(registry) { ($0.bodyBytes, $0.headerBytes, $0.waitingRequests) = (4_096, 4_096, 10) }
            #expect(try !open.ask(path, method: "POST", body: long).text.contains("larger than"))
            #expect(try open.ask("/livez", headers: ["X-Long: \(long)"]).status == 200)
        }
    }

    @Test("one watch more than they allow is refused, and those that are open go on")
    func watchers() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            let first = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
            adopt(registry) { $0.watchers = 1 }
            let refused = try await client.ask("GET", "/mainstem/v1/watch")
            #expect(refused.status == 503)
            _ = try await client.start("one", of: cart)
            try await first.expect(["CREATE home one"])
            adopt(registry) { $0.watchers = 2 }
            let second = try await WatchRecorder.open("\(registry.address)", path: "/mainstem/v1/watch")
            try await second.expect(["SNAPSHOT home one"])
            for watch in [first, second] { await watch.close() }
        }
    }

    @Test("a watcher that takes no byte is given as long as they say now")
    func stalled() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            let instance = try await client.start("one", of: cart)
            let silent = try await RawWatcher.open(registry.address)
            let padding = String(repeating: "x", count: 40_000)
            let path = "/v4/default/registry/microservices/\(cart)/instances/\(instance)/properties"
            for number in 0..<400 {
                let body = #"{"properties":{"n":"\#(number)","padding":"\#(padding)"}}"#
                #expect(try await client.ask("PUT", path, body: body).status == 200)
            }
            #expect(registry.services.watches.snapshot.stalled == 0)
            adopt(registry) { $0.watchStall = .seconds(1) }
            try await eventually("it is ended") { registry.services.watches.snapshot.stalled == 1 }
            _ = try await silent.rest()
        }
    }
}

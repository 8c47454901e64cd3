import Discovery
import Foundation
import Registry
import TestSupport
import Testing

/// Two aggregators that read each other, with the real binary.
@Suite(.timeLimit(.minutes(4))) struct LoopTests {
    @Test("what goes where it was registered goes everywhere, though two aggregators read each other")
    func loop() async throws {
        let (processes, clients, transfers) = try await pair(interval: "200ms")
        let (east, west) = (clients[0], clients[1])
        let cart = try await east.register("cart")
        let first = try await east.start("cart-1", of: cart)
        let second = try await east.start("cart-2", of: cart)
        try await eventually("west hears of it") { try await west.hosts(of: "cart") == ["cart-1", "cart-2"] }
        // Time enough for it to come back to where it is from.
        try await eventually("east has read west again") { try await reads(east) >= 5 }
        let sources = try await east.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements
        #expect(sources?.last?["instances"]?["held"]?.number == 0)
        try await east.stop(first, of: cart)
        try await eventually("it is gone at both") {
            let found = [try await east.hosts(of: "cart"), try await west.hosts(of: "cart")]
            return found == [["cart-2"], ["cart-2"]]
        }
        try await east.stop(second, of: cart)
        try await eventually("nothing is left at either") {
            let found = [try await east.hosts(of: "cart"), try await west.hosts(of: "cart")]
            return found == [[], []]
        }
        try await dependency(of: try await east.register("web"), on: "cart", east, west)
        try await end(processes)
        transfers.shutdown()
    }

    @Test("what is looked up for a frame is known to come from ourselves, though no read follows")
    func lookedUp() async throws {
        let (processes, clients, transfers) = try await pair(interval: "1h")
        let (east, west) = (clients[0], clients[1])
        for client in clients {
            try await eventually("each observes the other") {
                try await client.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements.last?["mode"]
                    == .string("observed")
            }
        }
        let cart = try await east.register("cart")
        let instance = try await east.start("cart-1", of: cart)
        try await eventually("west hears of it") { try await west.hosts(of: "cart") == ["cart-1"] }
        // What is told behind it has come, so what was told of it has come back.
        for number in 0..<3 {
            _ = try await west.start("pay-\(number)", of: try await west.register("pay\(number)"))
            try await eventually("east hears of it") {
                try await east.hosts(of: "pay\(number)") == ["pay-\(number)"]
            }
        }
        let found = try await east.ask("GET", "/mainstem/v1/explain?service=shop/cart/1.0.0").json
        let explained = found?["microservices"]?.elements.first
        #expect(explained?["sources"]?.elements.map { $0["source"]?.text } == ["own"])
        #expect(explained?["instances"]?.elements.first?["words"]?.elements.map { $0["source"]?.text } == ["own"])
        try await east.stop(instance, of: cart)
        let path = "/v4/default/registry/microservices/\(cart)"
        #expect(try await east.ask("DELETE", path).status == 200)
        #expect(try await east.ask("GET", path).json?["errorCode"]?.text == "400012")
        try await end(processes)
        transfers.shutdown()
    }

    /// Two that have a registry of their own and read each other so often.
    private func pair(interval: String) async throws -> ([MainstemProcess], [RegistryClient], HTTPTransfers) {
        let directory = try TemporaryDirectory()
        let ports = [try await freePort(), try await freePort()]
        let transfers = HTTPTransfers()
        let names = ["east", "west"]
        let processes = try names.indices.map { index in
            let file = directory.path + "/\(names[index]).yaml"
            let text = """
                server: {listen: "127.0.0.1:\(ports[index])", start: {deadline: 1s}}
                home: own
                sources:
                  - {name: own, plugin: local}
                  - name: other
                    plugin: servicecenter
                    settings: {endpoints: ["http://127.0.0.1:\(ports[1 - index])"], interval: \(interval)}
                """
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return try MainstemProcess(["serve", file])
        }
        var clients: [RegistryClient] = []
        for process in processes { clients.append(RegistryClient(try await process.address(), transfers)) }
        return (processes, clients, transfers)
    }

    private func end(_ processes: [MainstemProcess]) async throws {
        for process in processes { process.signal(SIGTERM) }
        for process in processes { #expect(try await process.ended() == 0) }
    }

    /// What a consumer declares at one of them, and takes back there, is taken back at both.
    private func dependency(
        of consumer: String, on provider: String, _ east: RegistryClient, _ west: RegistryClient
    ) async throws {
        func declare(_ providers: String) async throws {
            let consumer = #"{"appId":"shop","serviceName":"web","version":"1.0.0"}"#
            let body = #"{"dependencies":[{"consumer":\#(consumer),"providers":[\#(providers)]}]}"#
            #expect(try await east.ask("PUT", "/v4/default/registry/dependencies", body: body).status == 200)
        }
        func providers(at client: RegistryClient) async throws -> [String?] {
            let path = "/v4/default/registry/microservices/\(consumer)/providers"
            let answer = try await client.ask("GET", path).json
            return answer?["providers"]?.elements.map { $0["serviceName"]?.text } ?? []
        }
        try await declare(#"{"appId":"shop","serviceName":"\#(provider)","version":"0+"}"#)
        try await eventually("west hears of it") { try await providers(at: west) == [provider] }
        let count = try await reads(east)
        try await eventually("east has read west again") { try await reads(east) >= count + 3 }
        try await declare("")
        try await eventually("nobody depends on it, at either") {
            let found = [try await providers(at: east), try await providers(at: west)]
            return found == [[], []]
        }
    }

    /// A port that nobody has now.
    private func freePort() async throws -> Int {
        let server = try await ScriptedServer.start { _ in .hang }
        await server.stop()
        return server.port
    }

    private func reads(_ client: RegistryClient) async throws -> Int {
        let metrics = try await client.ask("GET", "/metrics").text
        let line = /mainstem_source_reads_total\{source="other",result="ok"\} (\d+)/
        return metrics.firstMatch(of: line).flatMap { Int($0.1) } ?? 0
    }
}

import TestSupport
import Testing

@Suite("The journal's page")
struct JournalPageTests {
    private func entries(_ client: RegistryClient, _ query: String = "") async throws -> [JSONValue] {
        let answer = try await client.ask("GET", "/mainstem/v1/journal?\(query)")
        #expect(answer.status == 200)
        return answer.json?["entries"]?.elements ?? []
    }

    @Test("tells what has happened, with its cause, the newest first, and filtered as it is asked")
    func page() async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let (cart, stock) = (try await client.register("cart"), try await client.register("stock"))
        let first = try await client.start("a", of: cart)
        let second = try await client.start("b", of: stock)
        try await client.stop(first, of: cart)
        let all = try await entries(client)
        let changes = all.filter { $0["instanceId"] != nil }
        #expect(changes.map { $0["event"]?.text } == ["DELETE", "CREATE", "CREATE"])
        #expect(changes.map { $0["instanceId"]?.text } == [first, second, first])
        #expect(changes.map { $0["serviceId"]?.text } == [cart, stock, cart])
        #expect(changes.allSatisfy { $0["cause"] == .string("write") && $0["source"] == .string("home") })
        #expect(changes.first?["microservice"]?["serviceName"] == .string("cart"))
        #expect(all.contains { $0["event"] == .string("STATE") && $0["to"] == .string("synced") })
        #expect(all.compactMap { $0["number"]?.number } == all.compactMap { $0["number"]?.number }.sorted(by: >))

        #expect(try await entries(client, "service=stock").map { $0["instanceId"]?.text } == [second])
        #expect(try await entries(client, "service=\(cart)").count == 2)
        #expect(try await entries(client, "instance=\(second)&source=home").count == 1)
        await registry.stop()
    }

    @Test("comes in pieces: each names where the next one begins, but for the last")
    func pieces() async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let cart = try await client.register("cart")
        for number in 0..<5 { _ = try await client.start("h\(number)", of: cart) }
        var hosts: [String] = []
        var query = "service=cart&limit=2"
        for _ in 0..<3 {
            let answer = try await client.ask("GET", "/mainstem/v1/journal?\(query)")
            hosts += (answer.json?["entries"]?.elements ?? []).compactMap { $0["instanceId"]?.text }
            guard let before = answer.json?["before"]?.number else { break }
            query = "service=cart&limit=2&before=\(Int(before))"
        }
        #expect(hosts.count == 5)
        #expect(Set(hosts).count == 5)
        await registry.stop()
    }

    @Test(
        "refuses numbers that are none, sources that never were, and what it does not know",
        arguments: [
            "limit=0", "limit=1001", "limit=x", "before=0", "before=x", "source=nope", "sorce=home", "source=",
            "source=home&source=home",
        ])
    func refused(_ query: String) async throws {
        let registry = try await Upstreams.embedded("home")
        let client = RegistryClient("\(registry.address)", registry.client)
        let answer = try await client.ask("GET", "/mainstem/v1/journal?\(query)")
        #expect(answer.status == 400)
        #expect(answer.json?["errorCode"] == .string("400001"))
        await registry.stop()
    }
}

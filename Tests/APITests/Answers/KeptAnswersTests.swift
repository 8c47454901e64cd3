import API
import Discovery
import Registry
import TestSupport
import Testing

/// What is answered again without being made again, over real sockets.
@Suite struct KeptAnswersTests {
    private static let find = "/v4/default/registry/instances?appId=shop&version=0%2B&serviceName="

    private func withRegistry(
        _ body: @escaping @Sendable (LiveRegistry, RegistryClient) async throws -> Void
    ) async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        try await body(registry, RegistryClient("\(registry.address)", registry.client))
        await registry.stop()
    }

    /// How many answers came about in a way.
    private func answers(_ origin: String, _ client: RegistryClient) async throws -> Int {
        let page = try await client.ask("GET", "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix("mainstem_answers_total{origin=\"\(origin)\"}") }
        return Int(line?.split(separator: " ").last ?? "") ?? -1
    }

    @Test("while its instances are the same, an answer has the same bytes and is not encoded again")
    func once() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            _ = try await client.start("cart-1", of: cart)
            let talk = try Conversation(registry.address)
            let first = try talk.ask(KeptAnswersTests.find + "cart")
            #expect(first.status == 200 && first.text.contains("cart-1"))
            for _ in 0..<5 { #expect(try talk.ask(KeptAnswersTests.find + "cart").body == first.body) }
            #expect(try await answers("encoded", client) == 1)
            #expect(try await answers("repeated", client) == 5)

            // Something else changes: it is asked anew, and not written anew.
            _ = try await client.register("orders")
            #expect(try talk.ask(KeptAnswersTests.find + "cart").body == first.body)
            #expect(try await answers("encoded", client) == 1)
            #expect(try await answers("reused", client) == 1)
        }
    }

    @Test("a write is in the next answer, whatever was kept before")
    func changes() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            let talk = try Conversation(registry.address)
            for number in 1...20 {
                #expect(!(try talk.ask(KeptAnswersTests.find + "cart").text.contains("cart-\(number)-")))
                _ = try await client.start("cart-\(number)-", of: cart)
                let answer = try talk.ask(KeptAnswersTests.find + "cart")
                #expect(answer.text.contains("cart-\(number)-"))
                let revision = try #require(answer.headers["x-resource-revision"])
                for _ in 0..<2 {
                    #expect(try talk.ask("\(KeptAnswersTests.find)cart&rev=\(revision)").status == 304)
                }
            }
        }
    }

    @Test("what is kept for one tenant or consumer is not given to another")
    func others() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            _ = try await client.start("cart-1", of: cart)
            let talk = try Conversation(registry.address)
            let path = KeptAnswersTests.find + "cart"
            for _ in 0..<3 {
                #expect(try talk.ask(path).status == 200)
                #expect(try talk.ask(path, headers: ["X-ConsumerId: \(cart)"]).status == 200)
                #expect(try talk.ask(path, headers: ["X-ConsumerId: nobody"]).status == 400)
                #expect(try talk.ask(path, headers: ["X-Domain-Name: other"]).status == 400)
                #expect(try talk.ask(path, headers: ["X-Domain-Name: ", "X-Domain-Name: other"]).status == 200)
                #expect(try talk.ask(path, method: "POST").status == 405)
            }
        }
    }

    @Test("what is kept for one address of ours is not given under another")
    func addresses() async throws {
        try await withRegistry { registry, _ in
            let talk = try Conversation(registry.address)
            let path = "/v4/default/registry/instances?appId=default&version=0%2B&serviceName=SERVICECENTER"
            for _ in 0..<2 {
                for host in ["one.example:1", "two.example:2"] {
                    let answer = try talk.ask(path, headers: ["Host: \(host)"])
                    #expect(answer.text.contains("rest://\(host)/"), Comment(rawValue: answer.text))
                }
            }
        }
    }

    @Test("batches, lists and governance answers are kept too")
    func otherRoutes() async throws {
        try await withRegistry { registry, client in
            let cart = try await client.register("cart")
            _ = try await client.start("cart-1", of: cart)
            let talk = try Conversation(registry.address)
            let batch = #"{"services":[{"service":{"appId":"shop","serviceName":"cart","version":"0+"}}]}"#
            let requests: [(method: String, path: String, body: String)] = [
                ("POST", "/v4/default/registry/instances/action?type=query", batch),
                ("GET", "/v4/default/registry/microservices/\(cart)/instances", ""),
                ("GET", "/v4/default/registry/microservices", ""),
                ("GET", "/v4/default/govern/microservices?options=instances,dependencies", ""),
            ]
            for request in requests {
                let answers = try (0..<3).map { _ in
                    try talk.ask(request.path, method: request.method, body: request.body)
                }
                #expect(answers.allSatisfy { $0.status == 200 && $0.body == answers[0].body })
                #expect(answers[0].text.contains("cart"), Comment(rawValue: request.path))
            }
            #expect(try await answers("encoded", client) == requests.count)
            #expect(try await answers("repeated", client) == requests.count * 2)
            // Another batch over the same connection is another answer.
            let other = batch.replacing("cart", with: "none")
            #expect(try talk.ask(requests[0].path, method: "POST", body: other).text.contains("failed"))
        }
    }
}

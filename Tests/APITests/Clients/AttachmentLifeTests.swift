import API
import Discovery
import Registry
import TestSupport
import Testing

/// Tags and dependencies, as tools and clients write them at an embedded home.
@Suite struct AttachmentLifeTests {
    private let microservices = "/v4/default/registry/microservices"

    private func start() async throws -> (registry: LiveRegistry, client: RegistryClient) {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        return (registry, RegistryClient("\(registry.address)", registry.client))
    }

    @Test("tags are added, changed, found by and taken away, and refused in the recorded words")
    func tags() async throws {
        let (registry, client) = try await start()
        let path = "\(microservices)/\(try await client.register("cart"))/tags"
        let refused = try await client.ask("POST", path, body: #"{"tags":{"t":"1"}}"#)
        #expect(
            refused.text.contains(
                #"field 'AddServiceTagsRequest.Tags' invalid value '1' does not match rule: {Max: 100, Regexp: "#))
        #expect(try await client.ask("POST", path, body: #"{"tags":{"gray":"yes","zone":"x"}}"#).status == 200)
        #expect(try await client.ask("GET", path).text == #"{"tags":{"gray":"yes","zone":"x"}}"#)
        #expect(try await client.find("cart", more: "&tags=gray,zone").status == 200)
        #expect(try await client.ask("PUT", path + "/gray?value=no").status == 200)
        #expect(try await client.ask("PUT", path + "/nosuch?value=no").text.contains("400018"))
        #expect(try await client.ask("DELETE", path + "/gray,zone").status == 200)
        #expect(try await client.ask("GET", path).text == "{}")
        await registry.stop()
    }

    @Test("a declared dependency on everything makes a consumer hear of all, until another one takes its place")
    func dependencies() async throws {
        let (registry, client) = try await start()
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        let path = "/v4/default/registry/dependencies"
        let consumer = #""consumer":{"appId":"shop","serviceName":"web","version":"1.0.0"}"#
        let everything = #"{"dependencies":[{\#(consumer),"providers":[{"serviceName":"*"}]}]}"#
        #expect(try await client.ask("PUT", path, body: everything).status == 200)
        let watch = try await WatchRecorder.open("\(registry.address)", consumer: web)
        _ = try await client.start("one", of: cart)
        try await watch.expect(["CREATE home one"])
        let other = #"{"dependencies":[{\#(consumer),"providers":[{"serviceName":"orders","version":"0+"}]}]}"#
        #expect(try await client.ask("PUT", path, body: other).status == 200)
        let orders = try await client.register("orders")
        _ = try await client.start("two", of: cart)
        _ = try await client.start("three", of: orders)
        try await watch.expect(["CREATE home one", "CREATE home three"])
        #expect(try await client.ask("GET", "\(microservices)/\(web)/providers").text.contains("orders"))
        #expect(try await client.ask("GET", "\(microservices)/\(orders)/consumers").text.contains("web"))
        let refused = #"{"dependencies":[{\#(consumer),"providers":[{"appId":"*","serviceName":"*"}]}]}"#
        #expect(try await client.ask("PUT", path, body: refused).status == 400)
        await watch.close()
        await registry.stop()
    }
}

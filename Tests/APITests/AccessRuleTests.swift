import TestSupport
import Testing
import Topology

/// Access rules that are written through us, at an embedded home and at one that is another registry.
@Suite struct AccessRuleTests {
    private static let embedded = "home: far\nsources:\n  - name: far\n    plugin: local\n"

    @Test("rules keep a consumer out from the next find on, and let it in again", arguments: [false, true])
    func rules(isForwarded: Bool) async throws {
        let far = try await LiveRegistry.start(Topology.parse(Self.embedded, file: "far"))
        var front: LiveRegistry?
        if isForwarded {
            let settings = "settings: {endpoints: [\"http://\(far.address)\"], interval: 1h}"
            front = try await LiveRegistry.start(
                Topology.parse(
                    "home: far\nsources:\n  - name: far\n    plugin: servicecenter\n    \(settings)\n", file: "front"))
        }
        let registry = front ?? far
        let client = RegistryClient("\(registry.address)", registry.client)
        let (web, cart) = (try await client.register("web"), try await client.register("cart"))
        _ = try await client.start("one", of: cart)
        let path = "/v4/default/registry/microservices/\(cart)/rules"
        #expect(try await client.ask("GET", path).text == "{}")

        let black = #"{"ruleType":"BLACK","attribute":"ServiceName","pattern":"^web$","description":"no web"}"#
        let added = try await client.ask("POST", path, body: #"{"rules":[\#(black)]}"#)
        #expect(added.status == 200)
        let id = try #require(added.json?["RuleIds"]?.elements.first?.text)
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        #expect(try await client.ask("GET", path).json?["rules"]?.elements.first?["ruleId"]?.text == id)
        let dump = try await client.ask("GET", "/v4/default/admin/dump").json?["cache"]
        #expect(dump?["serviceRules"]?.elements.first?["value"]?["description"]?.text == "no web")

        let other = black.replacing("^web$", with: "^other$")
        let changed = try await client.ask("PUT", "\(path)/\(id)", body: other)
        #expect(changed.status == 200)
        #expect(changed.text.isEmpty)
        #expect(try await client.hosts(of: "cart", consumer: web) == ["one"])
        let white = other.replacing("BLACK", with: "WHITE")
        #expect(try await client.ask("PUT", "\(path)/\(id)", body: white).text.contains(#""errorCode":"400021""#))
        #expect(try await client.ask("DELETE", "\(path)/\(id),nope").text.contains(#""errorCode":"400022""#))
        #expect(try await client.ask("DELETE", "\(path)/\(id)").status == 200)
        #expect(try await client.ask("GET", path).text == "{}")
        // The old form of the path.
        let old = path.replacing("/v4/default/registry", with: "/registry/v3")
        #expect(try await client.ask("POST", old, body: #"{"rules":[\#(white)]}"#).status == 200)
        #expect(try await client.hosts(of: "cart", consumer: web) == [])
        await front?.stop()
        await far.stop()
    }
}

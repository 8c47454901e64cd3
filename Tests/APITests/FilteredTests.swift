import Federation
import Registry
import TestSupport
import Testing
import Topology

@Suite("What filters keep out of sight")
struct FilteredTests {
    /// A dump with two microservices, and an instance of each, and of one that is not named.
    private static let dump = Array(
        """
        {"cache":{"services":[\(service("cart")),\(service("secret"))],
        "instances":[\(instance("cart")),\(instance("secret")),\(instance("unknown"))]}}
        """.utf8)

    private static func service(_ name: String) -> String {
        """
        {"key":"/cse-sr/ms/files/default/default/\(name)","rev":1,"cluster":"",
        "value":{"serviceId":"\(name)","appId":"shop","serviceName":"\(name)","version":"1.0.0"}}
        """
    }

    private static func instance(_ name: String) -> String {
        """
        {"key":"/cse-sr/inst/files/default/default/\(name)/i","rev":1,"cluster":"",
        "value":{"instanceId":"i","serviceId":"\(name)","status":"UP"}}
        """
    }

    @Test("is counted for each source that has any, in its status and in the metrics")
    func counts() async throws {
        let server = try await ScriptedServer.start { _ in .respond(body: Self.dump) }
        let settings = #"settings: {endpoints: ["\#(server.url)"]}"#
        let registry = try await LiveRegistry.start(
            Topology.parse(
                """
                sources:
                  - {name: some, plugin: servicecenter, exclude: [{name: secret}], \(settings)}
                  - {name: all, plugin: servicecenter, \(settings)}
                """, file: "filtered"))
        let sources = try await registry.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements
        let filtered = sources?.first?["filtered"]
        #expect(filtered == .object(["microservices": .number(1), "instances": .number(1), "orphans": .number(1)]))
        #expect(sources?.first?["instances"]?["orphans"]?.number == 0)
        #expect(sources?.last?["filtered"] == nil && sources?.last?["instances"]?["orphans"]?.number == 1)
        let metrics = try await registry.ask("GET", "/metrics").text.split(separator: "\n")
        #expect(
            metrics.filter { $0.hasPrefix("mainstem_source_filtered{") } == [
                #"mainstem_source_filtered{source="some",kind="microservice"} 1"#,
                #"mainstem_source_filtered{source="some",kind="instance"} 1"#,
                #"mainstem_source_filtered{source="some",kind="orphan"} 1"#,
            ])
        await registry.stop()
        await server.stop()
    }

    @Test("is explained, under the names of its source and under those that would be seen")
    func explained() async throws {
        let server = try await ScriptedServer.start { _ in .respond(body: Self.dump) }
        let settings = #"settings: {endpoints: ["\#(server.url)"]}"#
        let registry = try await LiveRegistry.start(
            Topology.parse(
                """
                sources:
                  - {name: bad, plugin: servicecenter, exclude: [{name: secret}], \(settings)}
                  - {name: good, plugin: servicecenter, include: [{name: cart}], rename: {application: {shop: store}},
                     \(settings)}
                """, file: "filtered"))
        func ask(_ query: String) async throws -> JSONValue? {
            try await registry.ask("GET", "/mainstem/v1/explain?service=\(query)").json
        }
        let byID = try await ask("secret")
        #expect(byID?["microservices"]?.elements.isEmpty == true)
        let filtered = byID?["filtered"]?.elements
        #expect(filtered?.map { $0["source"]?.text } == ["bad", "good"])
        #expect(filtered?.map { $0["hiddenBy"]?.text } == ["exclude", "include"])
        #expect(filtered?.map { $0["microservice"]?["appId"]?.text } == ["shop", "store"])
        #expect(filtered?.map { $0["serviceId"]?.text } == ["secret", "secret"])
        #expect(filtered?.map { $0["instancesTotal"]?.number } == [1, 1])
        #expect(filtered?.first?["words"]?.elements.first?["body"]?["instanceId"]?.text == "i")
        // The own name of both, and the one under which one of them would be seen.
        #expect(try await ask("shop/secret/1.0.0")?["filtered"]?.elements.count == 2)
        #expect(try await ask("store/secret/1.0.0&instance=i")?["filtered"]?.elements.count == 1)
        // What is seen is not filtered, and what neither has nobody explains.
        #expect(try await ask("store/cart/1.0.0")?["filtered"] == nil)
        for query in ["store/secret/1.0.0&instance=j", "shop/other/1.0.0", "shop/secret/1.0.0&domain=far"] {
            #expect(try await registry.ask("GET", "/mainstem/v1/explain?service=\(query)").status == 400, "\(query)")
        }
        // What waits for its microservice is found by its ID there, or by the instance's in its tenant.
        for query in ["unknown", "shop/other/1.0.0&instance=i", "unknown&instance=i"] {
            let orphans = try await ask(query)?["orphans"]?.elements
            #expect(orphans?.map { $0["source"]?.text } == ["bad", "good"], "\(query)")
            #expect(orphans?.first?["hiddenBy"]?.text == "orphan" && orphans?.first?["serviceId"]?.text == "unknown")
        }
        await registry.stop()
        await server.stop()
    }
}

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
}

import TestSupport
import Testing
import Topology

@Suite("/mainstem/v1/conflicts")
struct ConflictListTests {
    /// A dump with one microservice and one instance.
    private static func dump(_ service: String, host: String) -> [UInt8] {
        Array(
            """
            {"cache":{"services":[{"key":"/cse-sr/ms/files/default/default/\(service)","rev":1,"cluster":"",
            "value":{"serviceId":"\(service)","appId":"shop","serviceName":"cart","version":"1.0.0"}}],
            "instances":[{"key":"/cse-sr/inst/files/default/default/\(service)/i","rev":1,"cluster":"",
            "value":{"instanceId":"i","serviceId":"\(service)","hostName":"\(host)","endpoints":["rest://a:1"],
            "modTimestamp":"\(host.utf8.count)"}}]}}
            """.utf8)
    }

    @Test("lists them with all sides, counts them in the metrics, and takes no other question")
    func list() async throws {
        let north = try await ScriptedServer.start { _ in .respond(body: Self.dump("a", host: "one")) }
        let south = try await ScriptedServer.start { _ in .respond(body: Self.dump("b", host: "other")) }
        var topology = try Upstreams.topology([("north", north), ("south", south)])
        topology.merge.policy = .newest
        let registry = try await LiveRegistry.start(topology)
        let answer = try await registry.ask("GET", "/mainstem/v1/conflicts").json
        #expect(
            answer?["totals"] == .object(["service_id": .number(1), "content": .number(1), "endpoint": .number(0)]))
        let conflicts = try #require(answer?["conflicts"]?.elements)
        #expect(conflicts.map { $0["kind"]?.text } == ["service_id", "content"])
        #expect(conflicts[0]["sides"]?.elements.map { $0["serviceId"]?.text } == ["a", "b"])
        // By the policy the word that was changed last comes first.
        let sides = conflicts[1]["sides"]?.elements
        #expect(sides?.map { $0["source"]?.text } == ["south", "north"])
        #expect(sides?.map { $0["instance"]?["hostName"]?.text } == ["other", "one"])
        let one = try await registry.ask("GET", "/mainstem/v1/conflicts?kind=content&limit=1").json
        #expect(one?["conflicts"]?.elements.count == 1)
        let metrics = try await registry.ask("GET", "/metrics").text
        #expect(metrics.contains(#"mainstem_source_conflicts{source="south",kind="content"} 1"#))
        #expect(metrics.contains(#"mainstem_source_conflicts{source="north",kind="endpoint"} 0"#))
        for query in ["kind=others", "limit=0", "limit=1001", "limit=x"] {
            let refused = try await registry.ask("GET", "/mainstem/v1/conflicts?\(query)")
            #expect(refused.json?["errorCode"] == .string("400001"), "\(query)")
        }
        await registry.stop()
        await north.stop()
        await south.stop()
    }
}

import TestSupport
import Testing
import Topology

@Suite("The texts of schemas in lists of everything")
struct SchemaTextsTests {
    private static let dump = """
        {"cache":{"services":[{"key":"/cse-sr/ms/files/default/default/s","rev":1,"cluster":"",
        "value":{"serviceId":"s","appId":"shop","serviceName":"cart","version":"1.0.0",
        "schemas":["there","absent","hanging"]}}]}}
        """

    @Test(
        "are read from the source side by side; one that hangs is named without its text, one that is not is left out")
    func bounded() async throws {
        let upstream = try await ScriptedServer.start { request in
            switch request.path.split(separator: "/").last {
            case "there": .respond(body: Array(#"{"schema":"the text"}"#.utf8))
            case "absent": .respond(status: 400, body: Array(#"{"errorCode":"400016"}"#.utf8))
            case "hanging": .hang
            default: .respond(body: Array(SchemaTextsTests.dump.utf8))
            }
        }
        let registry = try await LiveRegistry.start(Upstreams.topology([("far", upstream)]))
        let expected = JSONValue.array([
            .object(["schemaId": .string("there"), "schema": .string("the text")]),
            .object(["schemaId": .string("hanging")]),
        ])
        for path in ["?options=schemas", "/s"] {
            let answer = try await registry.ask("GET", "/v4/default/govern/microservices\(path)")
            let one = answer.json?["service"] ?? answer.json?["allServicesDetail"]?.elements.first
            #expect(one?["schemaInfos"] == expected, "\(path)")
        }
        // Nobody asks a source for what nobody wants to know.
        let asked = upstream.requests.filter { $0.path.contains("/schemas/") }.count
        _ = try await registry.ask("GET", "/v4/default/govern/microservices?options=instances")
        #expect(upstream.requests.filter { $0.path.contains("/schemas/") }.count == asked)
        await registry.stop()
        await upstream.stop()
    }
}

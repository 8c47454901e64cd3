import Testing
import Topology

@Suite("A list of endpoints")
struct UpstreamEndpointListTests {
    @Test("keeps the operator's order")
    func order() throws {
        var mapping = try settings("endpoints: [http://b:1, http://a:1]")
        #expect(try UpstreamEndpoint.list(from: &mapping).map(\.description) == ["http://b:1", "http://a:1"])
        try mapping.finish()
    }

    @Test(
        "is refused at the line of the item that is wrong",
        arguments: [
            (["http://a:1", "b:1"], 7, "'b:1' has no scheme: write it like http://10.0.0.1:30100"),
            (["http://a:1", "http://b:1", "http://A:1"], 8, "'http://A:1' is listed twice"),
            (["http://a:1", "https://b:1"], 7, "'https://b:1' mixes https with http"),
        ]
    )
    func items(endpoints: [String], line: Int, problem: String) throws {
        let lines = endpoints.map { "        - \($0)\n" }.joined()
        let text = "sources:\n  - name: a\n    plugin: b\n    settings:\n      endpoints:\n" + lines
        var mapping = try Topology.parse(text, file: "t.yaml").sources[0].settings
        let error = #expect(throws: TopologyError.self) { try UpstreamEndpoint.list(from: &mapping) }
        #expect(error?.line == line)
        #expect(error?.problem == problem)
    }

    @Test("is refused when it is missing, empty or no list", arguments: ["other: 1", "endpoints: []", "endpoints: a"])
    func shape(line: String) throws {
        var mapping = try settings(line)
        let error = #expect(throws: TopologyError.self) { try UpstreamEndpoint.list(from: &mapping) }
        #expect(error?.problem.hasPrefix("'endpoints' ") == true)
    }
}

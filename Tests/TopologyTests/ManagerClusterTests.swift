import Testing
import Topology

@Suite("A manager_cluster text")
struct ManagerClusterTests {
    @Test("gives its sources and their endpoints in order")
    func order() throws {
        let text = "sc-2=http://a:30100, http://b:30100 , sc-1 = http://c:30100"
        let members = try ManagerCluster.parse(text, file: "--sources")
        #expect(members.map(\.name.rawValue) == ["sc-2", "sc-1"])
        #expect(members.map(\.endpoints) == [["http://a:30100", "http://b:30100"], ["http://c:30100"]])
    }

    @Test("becomes a read-only topology of service-centers")
    func topology() throws {
        let topology = try Topology.fromManagerCluster("a=http://a:1,http://b:1,c=https://c:1")
        #expect(topology.server == ServerDeclaration())
        #expect(topology.home == nil)
        #expect(topology.sources.map(\.plugin) == ["servicecenter", "servicecenter"])
        #expect(topology.sources.map(\.file) == ["--sources", "--sources"])
        var settings = topology.sources[0].settings
        #expect(try UpstreamEndpoint.list(from: &settings).map(\.host) == ["a", "b"])
        try settings.finish()
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("", "no source is given"),
            ("http://a:1", "'http://a:1' has no name before it"),
            ("=http://a:1", "a name is missing before '='"),
            ("a b=http://a:1", "'a b' is not a source's name"),
            ("a=http://a:1,b=http://b:1,a=http://c:1", "the name 'a' is there twice"),
            ("a=", "the source 'a' has an empty endpoint"),
            ("a=http://a:1,", "the source 'a' has an empty endpoint"),
            ("a=,b=http://b:1", "the source 'a' has an empty endpoint"),
            (
                "a=rest://a:1",
                "the source 'a': 'rest://a:1' has a scheme that is neither http nor https: "
                    + "write it like http://10.0.0.1:30100"
            ),
            ("a=http://a", "the source 'a': 'http://a' has no port: write it like http://10.0.0.1:30100"),
        ]
    )
    func mistakes(text: String, problem: String) {
        let error = #expect(throws: TopologyError.self) { try Topology.fromManagerCluster(text) }
        #expect(error?.file == "--sources")
        #expect(error?.line == nil)
        #expect(error?.problem == problem)
    }

    @Test("is bound to the rule for names", arguments: ["a", "0", "A.b_c-d", String(repeating: "x", count: 64)])
    func names(text: String) {
        #expect(SourceName(rawValue: text)?.description == text)
    }

    @Test(
        "has no source of a name that breaks the rule",
        arguments: ["", ".a", "-a", "_a", "a b", "ä", "a/b", String(repeating: "x", count: 65)]
    )
    func badNames(text: String) {
        #expect(SourceName(rawValue: text) == nil)
    }
}

import Testing
import Topology

@Suite("A topology")
struct TopologyTests {
    static let everyKey = """
        server:
          listen: "[::1]:0"
          admin: 127.0.0.1:30110
          start: {when: any, deadline: 0s}
          coalesce: 50ms
          coalesceFirst: true
          limits: {connections: 7, watchers: 6, bodyBytes: 1KiB, headerBytes: 65536, eventLogChanges: 1024}
        home: south
        sources:
          - name: north
            plugin: servicecenter
            datacenter: {name: dc-north, region: cn-north, availableZone: az1}
            settings:
              endpoints: [http://10.0.0.1:30100]
          - {name: south, plugin: local}
        """

    @Test("says what its file says")
    func full() throws {
        let topology = try Topology.parse(Self.everyKey, file: "t.yaml")
        #expect(topology.server.listen.description == "[::1]:0")
        #expect(topology.server.admin?.description == "127.0.0.1:30110")
        #expect(topology.server.start.when == .any)
        #expect(topology.server.start.deadline == .zero)
        #expect(topology.server.coalesce == .milliseconds(50) && topology.server.coalesceFirst)
        var limits = ServerLimits()
        limits.connections = 7
        limits.watchers = 6
        limits.bodyBytes = 1_024
        limits.headerBytes = 65_536
        limits.eventLogChanges = 1_024
        #expect(topology.server.limits == limits)
        #expect(topology.home == "south")
        #expect(topology.sources.map(\.name.rawValue) == ["north", "south"])
        #expect(topology.sources.map(\.plugin) == ["servicecenter", "local"])
        let datacenter = Datacenter(name: "dc-north", region: "cn-north", availableZone: "az1")
        #expect(topology.sources.map(\.datacenter) == [datacenter, nil])
        #expect(topology.sources.map(\.line) == [10, 15])
        #expect(topology.sources.map(\.file) == ["t.yaml", "t.yaml"])
    }

    @Test("has every default where its file is silent")
    func defaults() throws {
        let topology = try Topology.parse("sources: [{name: a, plugin: b}]", file: "t.yaml")
        #expect(topology.server == ServerDeclaration())
        #expect(topology.server.listen.description == "127.0.0.1:30100")
        let limits = topology.server.limits
        #expect(limits.connections == 20_000)
        #expect(limits.watchers == 10_000)
        #expect(limits.bodyBytes == 2_097_152)
        #expect(limits.headerBytes == 32_768)
        #expect(limits.eventLogChanges == 65_536)
        #expect(topology.server.admin == nil)
        #expect(topology.server.start.when == .all)
        #expect(topology.server.start.deadline == .seconds(10))
        #expect(topology.server.coalesce == nil)
        #expect(topology.home == nil)
        try topology.sources[0].settings.finish()
    }

    @Test("takes the words that YAML calls booleans and numbers as the text that they are")
    func plainText() throws {
        let topology = try Topology.parse("home: no\nsources: [{name: no, plugin: 010}]", file: "t.yaml")
        #expect(topology.sources[0].name.rawValue == "no")
        #expect(topology.sources[0].plugin == "010")
    }

    @Test(
        "does not mind how lines end or that a byte order mark begins the file",
        arguments: ["\u{FEFF}sources:\n- name: a\n  plugin: b", "sources:\r\n- name: a\r\n  plugin: b\r\n"]
    )
    func encodings(text: String) throws {
        #expect(try Topology.parse(text, file: "t.yaml").sources[0].line == 2)
    }

    @Test("moved to another address differs in nothing else")
    func listening() throws {
        let topology = try Topology.parse(Self.everyKey, file: "t.yaml")
        let moved = topology.listening(on: try ListenAddress(parsing: "0.0.0.0:1"))
        #expect(moved.server.listen.description == "0.0.0.0:1")
        #expect(moved.server.limits == topology.server.limits)
        #expect(moved.home == topology.home)
        #expect(moved.sources.map(\.name) == topology.sources.map(\.name))
    }

    @Test("leaves a plugin's name and settings to the plugin")
    func opaque() throws {
        var settings = try settings("anything: goes", "here: [1, 2]")
        #expect(try settings.requiredString("anything") == "goes")
        #expect(try settings.requiredStrings("here") == ["1", "2"])
        try settings.finish()
    }
}

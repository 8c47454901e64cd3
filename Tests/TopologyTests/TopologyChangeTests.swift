import Testing
import Topology

@Suite("The difference of two topologies")
struct TopologyChangeTests {
    private static let sources = """
        sources:
          - {name: north, plugin: servicecenter, settings: {endpoints: [http://a:1], interval: 5s}}
          - {name: south, plugin: servicecenter, settings: {endpoints: [http://b:1]}}
          - {name: home, plugin: local}
        """

    private func change(_ old: String, _ new: String) throws -> TopologyChange {
        TopologyChange(from: try Topology.parse(old, file: "old.yaml"), to: try Topology.parse(new, file: "new.yaml"))
    }

    private func names(_ names: [SourceName]) -> [String] { names.map(\.rawValue) }

    @Test("is nothing when the same is written elsewhere, in other words or another order of keys")
    func nothing() throws {
        let other = """
            # The same.
            merge: {policy: precedence}
            server: {listen: "127.0.0.1:30100"}
            sources:
              - plugin: servicecenter
                stale: {after: 1m30s}
                settings:
                  interval: 5s
                  endpoints:
                    - http://a:1
                name: north
              - {name: south, plugin: servicecenter, settings: {endpoints: [http://b:1]}, damping: {enabled: true}}
              - {name: home, plugin: local}
            """
        #expect(try change(Self.sources, other).isEmpty)
    }

    @Test(
        "is nothing when a setting is written otherwise that means the same",
        arguments: [
            ("90s", "1m30s", true), ("1h", "60m", true), ("64KiB", "65536", true), ("1GiB", "1024MiB", true),
            ("\"5s\"", "5s", true), ("90s", "91s", false), ("64KiB", "65537", false), ("10", "010", false),
            ("north", "south", false), ("[90s]", "[1m30s]", true),
        ])
    func values(one: String, other: String, isSame: Bool) throws {
        let text = "sources: [{name: a, plugin: b, settings: {c: "
        #expect(try change(text + one + "}}]", text + other + "}}]").isEmpty == isSame)
    }

    @Test("tells which sources came and which went")
    func addedAndRemoved() throws {
        let found = try change(
            Self.sources,
            """
            sources:
              - {name: north, plugin: servicecenter, settings: {endpoints: [http://a:1], interval: 5s}}
              - {name: west, plugin: servicecenter, settings: {endpoints: [http://c:1]}}
              - {name: nest, plugin: local}
            """)
        #expect(names(found.added) == ["west", "nest"])
        #expect(names(found.removed) == ["south", "home"])
        #expect(found.renamed.isEmpty && found.changed.isEmpty && !found.isReordered)
    }

    @Test("recognises a source under another name by its plugin and settings, as the home too")
    func renamed() throws {
        let found = try change(
            "home: north\n" + Self.sources,
            """
            home: up
            sources:
              - name: up
                plugin: servicecenter
                settings: {interval: 5s, endpoints: [http://a:1]}
                stale: {then: drop}
              - {name: south, plugin: servicecenter, settings: {endpoints: [http://b:1]}}
              - {name: home, plugin: local}
            """)
        #expect(found.renamed.map { "\($0.from) \($0.to)" } == ["north up"])
        #expect(found.added.isEmpty && found.removed.isEmpty && !found.isReordered && found.keys.isEmpty)
        #expect(found.changed.map { "\($0.name) \($0.keys)" } == [#"up ["stale"]"#])
    }

    @Test(
        "recognises sources by their endpoints and settings when names go from one to another, and in no other case",
        arguments: [
            // Two swap their names, three in a circle, a chain with a free name at its end, or one at its beginning.
            ("a1 b2", "b1 a2", "a>b b>a", "", "", "", false), ("a1 b2", "a2 b1", "b>a a>b", "", "", "", true),
            ("a1 b2 c3", "b1 c2 a3", "a>b b>c c>a", "", "", "", false),
            ("a1 b2", "b1 c2", "a>b b>c", "", "", "", false), ("a1 b2", "a2", "b>a", "", "a", "", false),
            ("a1 b2", "a3 b1", "a>b", "a", "b", "", false), ("a1 b2 c3", "c1 b2", "a>c", "", "c", "", false),
            // Who keeps its endpoints keeps its name; who has others that nobody had is changed.
            ("a1 b1", "a1 b1", "", "", "", "", false), ("a1 b2", "a3 b4", "", "", "", "a b", false),
            ("a1 b2", "a3 b2", "", "", "", "a", false), ("a1", "b2", "", "b", "a", "", false),
        ])
    func circles(
        old: String, new: String, renamed: String, added: String, removed: String, changed: String, isReordered: Bool
    ) throws {
        func topology(_ sources: String) -> String {
            "sources:\n"
                + sources.split(separator: " ").map { source in
                    "  - {name: \(source.prefix(1)), plugin: p, settings: {endpoints: [e\(source.suffix(1))]}}\n"
                }.joined()
        }
        let found = try change(topology(old), topology(new))
        #expect(found.renamed.map { "\($0.from)>\($0.to)" }.joined(separator: " ") == renamed)
        #expect(names(found.added).joined(separator: " ") == added)
        #expect(names(found.removed).joined(separator: " ") == removed)
        #expect(found.changed.map(\.name.rawValue).joined(separator: " ") == changed)
        #expect(found.changed.allSatisfy { $0.keys == ["settings.endpoints"] })
        #expect(found.isReordered == isReordered)
    }

    @Test("leaves embedded registries their names, whatever settings they swap")
    func embedded() throws {
        let text =
            "home: a\nsources:\n  - {name: a, plugin: local, settings: {instances: 10}}\n"
            + "  - {name: b, plugin: local, settings: {instances: 20}}\n"
        let swapped = text.replacing("10", with: "x").replacing("20", with: "10").replacing("x", with: "20")
        let found = try change(text, swapped)
        #expect(found.renamed.isEmpty && found.changed.map(\.name.rawValue) == ["a", "b"] && found.keys.isEmpty)
    }

    @Test("takes the home for the source that it is, whatever its name, and tells when it is gone")
    func home() throws {
        func text(_ home: String, _ first: String, _ second: String) -> String {
            "\(home)\nsources:\n  - {name: \(first), plugin: p, settings: {endpoints: [e1]}}\n"
                + (second.isEmpty ? "" : "  - {name: \(second), plugin: p, settings: {endpoints: [e2]}}\n")
        }
        #expect(try change(text("home: a", "a", "b"), text("home: b", "b", "a")).keys == [])
        #expect(try change(text("home: a", "a", "b"), text("home: a", "b", "a")).keys == ["home"])
        #expect(try change(text("home: b", "a", "b"), text("", "a", "")).keys == ["home"])
        #expect(try change(text("", "a", "b"), text("home: a", "a", "b")).keys == ["home"])
    }

    @Test("names every key of a source whose value differs")
    func changed() throws {
        let found = try change(
            """
            sources:
              - name: north
                plugin: servicecenter
                include: [{name: "a*"}]
                rename: {domain: {a: b}}
                rewrite: [{from: a, to: b}]
                datacenter: {name: a, region: r, availableZone: z}
                settings: {endpoints: [http://a:1], interval: 5s, tls: {ca: one}}
            """,
            """
            sources:
              - name: north
                plugin: servicecenter
                include: [{name: "b*"}]
                exclude: [{name: c}]
                rename: {domain: {a: c}}
                rewrite: [{from: a, to: c}]
                datacenter: {name: b, region: r, availableZone: z}
                quarantine: {share: 50}
                damping: {enabled: false}
                settings: {endpoints: [http://a:1, http://b:1], timeout: 1s, tls: {ca: two}}
            """)
        #expect(
            found.changed.map(\.keys) == [
                [
                    "datacenter", "quarantine", "damping", "include", "exclude", "rename", "rewrite",
                    "settings.endpoints", "settings.interval", "settings.timeout", "settings.tls",
                ]
            ])
        #expect(found.renamed.isEmpty)
    }

    @Test("tells another order of those that stay, and no order of those that came or went")
    func reordered() throws {
        let lines = Self.sources.split(separator: "\n")
        let other = [lines[0], lines[2], lines[1], lines[3]].joined(separator: "\n")
        let found = try change(Self.sources, other)
        #expect(found.isReordered && found.changed.isEmpty && found.added.isEmpty)
        #expect(try !change(Self.sources, [lines[0], lines[2], lines[3]].joined(separator: "\n")).isReordered)
    }

    @Test("takes a list of sources for the same under their new names")
    func lists() throws {
        let lists = "merge: {sources: [{of: [north, south], policy: newest}]}\n"
        let renamed = (lists + Self.sources).replacing("north", with: "up")
        #expect(try change(lists + Self.sources, renamed).keys == [])
        #expect(try change(Self.sources, lists + Self.sources).keys == ["merge.sources"])
        #expect(
            try change(lists + Self.sources, lists.replacing("newest", with: "union") + Self.sources).keys
                == ["merge.sources"])
    }

    @Test("names the keys beside the sources whose values differ")
    func keys() throws {
        let found = try change(
            Self.sources,
            """
            home: home
            state: kept
            merge: {policy: newest, applications: {shop: union}}
            server:
              listen: 127.0.0.1:1
              admin: 127.0.0.1:2
              start: {when: any}
              coalesce: 20ms
              coalesceFirst: true
              limits: {watchers: 5, watchStall: 1s}
            """ + "\n" + Self.sources)
        #expect(
            found.keys == [
                "home", "state", "merge.policy", "merge.applications", "server.listen", "server.admin",
                "server.start", "server.coalesce", "server.coalesceFirst", "server.limits.watchers",
                "server.limits.watchStall",
            ])
        #expect(found.keysOfNextStart == ["state"])
    }

    @Test(
        "names an address that waits for a start because the process has its port open",
        arguments: [
            ("listen: 127.0.0.1:1, admin: 127.0.0.1:2", "listen: 127.0.0.1:3, admin: 127.0.0.1:4", ""),
            ("listen: 127.0.0.1:1", "listen: 0.0.0.0:1", "listen"), ("listen: 127.0.0.1:0", "listen: 0.0.0.0:0", ""),
            ("listen: 127.0.0.1:1, admin: 127.0.0.1:2", "listen: 127.0.0.1:2, admin: 127.0.0.1:1", "listen admin"),
            ("listen: 127.0.0.1:1, admin: 127.0.0.1:2", "listen: 127.0.0.1:2, admin: 127.0.0.1:3", "listen"),
            ("listen: 127.0.0.1:1, admin: 127.0.0.1:2", "listen: 127.0.0.1:1", ""),
            ("listen: 127.0.0.1:1", "listen: 127.0.0.1:2, admin: 127.0.0.1:1", "admin"),
        ])
    func addresses(old: String, new: String, waiting: String) throws {
        let (running, other) = ("server: {\(old)}\n" + Self.sources, "server: {\(new)}\n" + Self.sources)
        let keys = waiting.split(separator: " ").map { "server.\($0)" }
        #expect(try change(running, other).keysOfNextStart == keys)
        let taken = try Topology.parse(other, file: "t").takenOver(by: Topology.parse(running, file: "t"))
        #expect(try TopologyChange(from: taken, to: Topology.parse(other, file: "t")).keys == keys)
    }

    @Test("names every limit, and none of them waits for a start")
    func limits() throws {
        let limits = [
            "connections: 1", "watchers: 1", "bodyBytes: 1KiB", "headerBytes: 1KiB", "eventLogChanges: 1024",
            "journalEntries: 100", "waitingRequests: 1", "waitingBytes: 64KiB", "keptAnswerBytes: 64KiB",
            "watchStall: 1s", "watchReturn: 0s",
        ]
        let found = try change(
            Self.sources, "server: {limits: {\(limits.joined(separator: ", "))}}\n" + Self.sources)
        #expect(found.keys == limits.map { "server.limits.\($0.prefix { $0 != ":" })" })
        #expect(found.keysOfNextStart.isEmpty)
    }

    @Test("leaves what a running process does not take over, and takes over all the rest")
    func takenOver() throws {
        let running = try Topology.parse(Self.sources, file: "old.yaml")
        let other = try Topology.parse(
            """
            state: kept
            merge: {policy: newest}
            server:
              listen: 127.0.0.1:1
              admin: 127.0.0.1:2
              start: {when: any}
              coalesce: 20ms
              limits: {watchers: 5}
            """ + "\n" + Self.sources, file: "new.yaml")
        let taken = other.takenOver(by: running)
        #expect(
            TopologyChange(from: running, to: taken).keys
                == [
                    "merge.policy", "server.listen", "server.admin", "server.start", "server.coalesce",
                    "server.limits.watchers",
                ])
        #expect(TopologyChange(from: taken, to: other).keys == TopologyChange(from: running, to: other).keysOfNextStart)
    }
}

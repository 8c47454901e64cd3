import Testing
import Topology

@Suite("What a topology says of how a source is seen")
struct LensDeclarationTests {
    static let north = "sources:\n  - name: north\n    plugin: some\n"

    @Test("is what its file says, and nothing where that is silent")
    func whole() throws {
        let text =
            Self.north + """
                    include: [{domain: d*, environment: ""}, {tag: {stage: "", gray: "?"}}]
                    exclude:
                      - {project: p, application: a, name: n, version: "0.*"}
                    rename:
                      domain: {default: north}
                      environment: {"": production, dev: ""}
                    rewrite:
                      - {from: 10.0.0.0/8, to: "gate:1"}
                """
        let lens = try Topology.parse(text, file: "t.yaml").sources[0].lens
        #expect(lens.include.map(\.domain?.description) == ["d*", nil])
        #expect(lens.include.map(\.environment?.description) == ["", nil])
        #expect(lens.include[1].tags.mapValues(\.description) == ["stage": "", "gray": "?"])
        #expect(lens.exclude[0].version?.description == "0.*")
        #expect(lens.rename.domain.map(\.to) == ["north"])
        #expect(lens.rename.environment.map(\.from) == ["", "dev"])
        #expect(lens.rewrite.count == 1)
        #expect(lens.firstKey?.name == "include" && lens.firstKey?.line == 4)
        let silent = try Topology.parse(Self.north, file: "t.yaml").sources[0].lens
        #expect(silent.isEmpty && silent.firstKey == nil && !lens.isEmpty)
    }

    @Test("has the same fingerprint however it is written, and another one when anything else is seen")
    func fingerprint() throws {
        func fingerprint(_ keys: String) throws -> String {
            try Topology.parse(Self.north + keys, file: "t.yaml").sources[0].lens.fingerprint
        }
        let tags = "    include: [{name: n, tag: {a: x, b: y, c: z}}]\n"
        let same = "    include:\n      - {tag: {c: z, b: y, a: x}, name: \"n\"}\n    exclude: []\n"
        #expect(try fingerprint(tags) == fingerprint(same))
        let others = [
            "", tags, "    exclude: [{name: n, tag: {a: x, b: y, c: z}}]\n", "    include: [{version: n}]\n",
            "    rename: {domain: {a: b}}\n", "    rename: {project: {a: b}}\n", "    rename: {domain: {a: c}}\n",
            "    rewrite: [{from: 10.0.0.0/8, to: gate}]\n", "    rewrite: [{from: 10.0.0.0/9, to: gate}]\n",
        ]
        #expect(Set(try others.map(fingerprint)).count == others.count)
    }

    @Test(
        "is a pattern where it is a name",
        arguments: [
            ("shop", "shop", true), ("shop", "shopping", false), ("shop*", "shop", true), ("*shop", "my-shop", true),
            ("s?op", "shop", true), ("s?op", "sop", false), ("*a*b*", "xaxbx", true), ("*a*b", "xaxbx", false),
            ("*", "", true), ("", "", true), ("?", "ü", true), ("a*a", "a", false), ("*aab", "aaaab", true),
        ])
    func globs(pattern: String, name: String, fits: Bool) {
        #expect(Glob(pattern).matches(name) == fits)
    }

    static let mistakes = [
        Faulty(
            north + "    include:\n      - {}", line: 5,
            "an item of 'sources.include' says nothing, which means every microservice",
            remedy: "say what it means, like {application: \"shop*\"}"),
        Faulty(
            north + "    exclude: [{service: a}]", line: 4, "unknown key 'service' in 'sources.exclude'",
            remedy: "known keys: domain, project, environment, application, name, version, tag"),
        Faulty(
            north + "    exclude: [{name: \"\"}]", line: 4, "'name' must be one line of text, not the quoted text ''"),
        Faulty(
            north + "    exclude: [{tag: {}}]", line: 4, "'tag' is an empty mapping",
            remedy: "give it at least one entry"),
        Faulty(
            north + "    rename:\n      domain: {a: b/c}", line: 5,
            "'b/c' has a slash, which the name of a domain cannot have",
            remedy: "choose a name without one"),
        Faulty(
            north + "    include: []", line: 4, "'include' lets nothing in",
            remedy: "say what is seen, or remove it to see everything"),
        Faulty(
            north + "    rename:\n      domain: {a: \"\"}", line: 5, "'domain' has an empty name",
            remedy: "only an environment can be empty: remove it"),
        Faulty(
            north + "    rename:\n      domain:\n        a: [b]", line: 6,
            "'a' must be one line of text, or \"\", not a list"),
        Faulty(
            north + "    rename: {name: {a: b}}", line: 4, "unknown key 'name' in 'sources.rename'",
            remedy: "known keys: domain, project, environment, application"),
        rewrite(
            "{from: 10.0.0.0/33, to: gate}", "'10.0.0.0/33' has a prefix that is no number from 0 to 32", "from"),
        rewrite(
            "{from: 10.0.0.1/8, to: gate}", "'10.0.0.1/8' is an address in a network: the network is 10.0.0.0/8", "from"
        ),
        rewrite("{from: a/b, to: gate}", "'a/b' is not a network of IPv4 or IPv6 addresses", "from"),
        rewrite("{from: \"a b\", to: gate}", "'a b' has a host that is no name and no address", "from"),
        rewrite(
            "{from: \"*:99999\", to: gate}", "'*:99999' has a port that is no number from 1 to 65535", "from"),
        rewrite("{from: \"*\", to: \"gate*\"}", "'gate*' has a host that is no name and no address", "to"),
        rewrite(
            "{from: 10.0.0.0/8, to: 10.0.0.0/9}", "'10.0.0.0/9' is a network, and 'from' is none of the same size", "to"
        ),
        rewrite(
            "{from: \"*\", to: 10.0.0.0/9}", "'10.0.0.0/9' is a network, and 'from' is none of the same size", "to"),
    ]

    @Test("names the line of its mistake", arguments: mistakes)
    func namesLine(faulty: Faulty) { faulty.check() }

    @Test(
        "tells which address stands for which",
        arguments: [
            ("10.0.0.0/8", "gate:8443", "10.1.2.3", 80, "gate:8443"),
            ("10.0.0.0/8", "gate", "10.1.2.3", 80, "gate:80"),
            ("10.0.0.0/8", "gate", "11.1.2.3", 80, nil),
            ("10.0.0.0/8", "gate", "node", 80, nil),
            ("10.1.0.0/16", "192.168.0.0/16", "10.1.2.3", 80, "192.168.2.3:80"),
            ("10.1.1.128/25", "192.168.0.0/25", "10.1.1.129", 80, "192.168.0.1:80"),
            ("10.1.1.128/25", "192.168.0.0/25", "10.1.1.127", 80, nil),
            ("0.0.0.0/0", "gate", "9.9.9.9", 80, "gate:80"),
            ("fd00::/8", "fc00::/8", "fd00::1", 80, "fc00::1:80"),
            ("fd00::/8", "gate", "10.0.0.1", 80, nil),
            ("\"10.0.0.1:80\"", "gate", "10.0.0.1", 80, "gate:80"),
            ("\"10.0.0.1:80\"", "gate", "10.0.0.1", 81, nil),
            ("\"[fd00::1]:80\"", "gate", "fd00::1", 80, "gate:80"),
            ("\"*.Internal\"", "gate", "a.internal", 80, "gate:80"),
            ("\"*:80\"", "\"[::1]:81\"", "anything", 80, "::1:81"),
        ] as [(String, String, String, Int, String?)])
    func addresses(from: String, to: String, host: String, port: Int, shown: String?) throws {
        let text = Self.north + "    rewrite: [{from: \(from), to: \(to)}]"
        let rewrite = try Topology.parse(text, file: "t.yaml").sources[0].lens.rewrite[0]
        let found = rewrite.rewritten(host: host, port: port)
        #expect(found.map { "\($0.host):\($0.port ?? 0)" } == shown)
    }

    private static func rewrite(_ item: String, _ problem: String, _ key: String) -> Faulty {
        Faulty(
            north + "    rewrite: [\(item)]", line: 4, problem,
            remedy: key == "from"
                ? "write it like 10.0.0.0/8, 10.0.0.1:8080 or *.internal"
                : "write it like gateway.example:8443 or gateway.example")
    }
}

import Discovery
import TestSupport
import Testing
import Topology

@Suite("A secret in a topology")
struct ShownSecretTests {
    /// Stands wherever a secret was written by mistake, and must stand in no error.
    private static let secret = "s3cr3t"

    @Test(
        "is in no error about the settings of a source, wherever it stands",
        arguments: [
            "token: s3cr3t", "token: 's3cr3t'", "token: [s3cr3t]", "token: {s3cr3t}", "token: {s3cr3t: 1}",
            "token: {file: [s3cr3t]}", "token: {file: {a: s3cr3t}}", "token: {file: \"s3cr3t\\nmore\"}",
            "token: {user: me, passwordFile: \"s3cr3t\\n\"}", "token: {user: \"me\\ns3cr3t\"}",
            "token: {pasword: s3cr3t}", "token: {password=s3cr3t}", "token: {user: me, renewAfter: s3cr3t}",
            "token: &s3cr3t", "token: !s3cr3t", "token: *s3cr3t", "tokn: s3cr3t", "tokn: {file: s3cr3t}",
            "password: s3cr3t", "secret: [s3cr3t]", "passphrase: {x: s3cr3t}", "token=s3cr3t: 1", "token=s3cr3t",
            "Authorization Bearer s3cr3t: 1", "http://me:s3cr3t@a: 1", "tls: s3cr3t", "tls: {key: [s3cr3t]}",
            "tls: {key: \"s3cr3t\\nmore\", certificate: c}", "tls: {keyPassword: s3cr3t}", "tls: {passphrase: s3cr3t}",
            "tls: {serverName: 'me:s3cr3t@a'}", "tls: {minimumVersion: 'http://me:s3cr3t@a'}",
            "proxy: http://me:s3cr3t@10.0.0.9:3128", "proxy: 'me:s3cr3t@10.0.0.9:3128'",
            "proxy: 'ftp://me:s3cr3t@10.0.0.9:3128'", "proxy: 'https://me:s3cr3t@10.0.0.9:3128'",
            "proxy: 'http://me:s3c/r3t#s3cr3t@10.0.0.9:3128'", "proxy: 'http://me:s3cr3t'",
            "proxy: http://me:s3cr3t #x@a",
            "proxy: ['http://me:s3cr3t@a']", "proxy: 'http://10.0.0.9:3128/?password=s3cr3t'",
            "proxy: 'http://10.0.0.9:3128/s3cr3t'", "proxy: \"http://me:\\ns3cr3t@10.0.0.9:3128\"",
            "interval: 'http://me:s3cr3t@a'", "compression: 'me:s3cr3t@a'",
        ])
    func settings(_ settings: String) throws {
        try expectSilence(topology(settings: settings))
    }

    @Test(
        "is in no error about an endpoint",
        arguments: [
            "'http://me:s3cr3t@a:1'", "'https://s3cr3t@a:1'", "'me:s3cr3t@a:1'", "'HTTP://me:s3cr3t@a'",
            "'http://a:1', 'http://me:s3cr3t@a:1'", "'http://me:@s3cr3t@a:1'", "'http://me:s3cr3t'",
            "'http://a:1?token=s3cr3t'", "'http://a:1/s3cr3t'", "'http://a:1#s3cr3t'", "'http://me:s3cr3t/x@a:1'",
            "http://me:12,s3cr3t,x@a:1", "http://me:12,a=s3cr3t@a:1", "{me: s3cr3t}", "[s3cr3t]",
            "'http://me-with-a-name-that-is-longer-than-what-is-shown-of-a-text:s3cr3t@a:1'",
        ])
    func endpoints(_ endpoints: String) throws {
        try expectSilence(topology(endpoints: endpoints))
        try expectSilence(topology(endpoints: "'http://a:1'", settings: "proxy: \(endpoints)"))
    }

    @Test(
        "is in no error about the rest of a topology",
        arguments: [
            "s3cr3t", "token=s3cr3t", "token: s3cr3t", "sources: s3cr3t", "sources: [token=s3cr3t]",
            "sources: [{name: 'http://me:s3cr3t@a', plugin: local}]", "sources: [{name: a, plugin: 'x:s3cr3t@a'}]",
            "sources: [{name: a, plugin: local, settings: token=s3cr3t}]",
            "sources: [{name: a, plugin: local, token: s3cr3t}]", "sources: [{token: s3cr3t}]",
            "home: 'http://me:s3cr3t@a'\nsources: [{name: a, plugin: local}]",
            "server: {listen: 'me:s3cr3t@a:1'}\nsources: []", "server: {listen: 'http://me:s3cr3t@a'}\nsources: []",
            "server: {admin: 'me:s3cr3t'}\nsources: []", "server: token=s3cr3t",
            "merge: {sources: [{of: [a, 'me:s3cr3t@a'], policy: union}]}\nsources: [{name: a, plugin: local}]",
            "sources: [{name: a, plugin: servicecenter, rewrite: [{from: 'me:s3cr3t@a:1', to: b}]}]",
            "sources: [{name: a, plugin: servicecenter, rewrite: [{from: a, to: 'me:s3cr3t@b:1'}]}]",
            "http://me:s3cr3t@a: 1\nhttp://me:s3cr3t@a: 2",
        ])
    func elsewhere(_ text: String) throws {
        try expectSilence(text)
    }

    @Test(
        "is in no error about an option",
        arguments: [
            "a=http://me:s3cr3t@b:1", "a=http://b:1,http://me:s3cr3t@b:1", "a=http://me:12,s3cr3t,x@b:1",
            "a=http://me:12,s3 cr3t s3cr3t=x@b:1", "s3cr3t@a", "a=http://me:s3cr3t", "me:s3cr3t@a=http://b:1",
        ])
    func options(_ text: String) throws {
        let sources = try #require(throws: TopologyError.self) { try Topology.fromManagerCluster(text) }
        #expect(!"\(sources)".contains(Self.secret))
        let local = try #require(throws: TopologyError.self) { try Topology.standAlone("me:s3cr3t@a") }
        #expect(!"\(local)".contains(Self.secret))
    }

    @Test(
        "that was written in place of its file's path is in no error about the file",
        arguments: [
            "token: {file: s3cr3t}", "token: {user: me, passwordFile: s3cr3t}",
            "tls: {certificate: \(#file), key: s3cr3t}",
        ])
    func files(_ settings: String) async throws {
        let declaration = try declaration("up", endpoints: ["https://127.0.0.1:1"], settings: settings)
        let check = try #require(throws: TopologyError.self) {
            try ServiceCenterPlugin().check(declaration, NoSecretFiles())
        }
        #expect("\(check)".hasPrefix("test.yaml:4: '"))
        #expect(!"\(check)".contains(Self.secret))
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        let source = try ServiceCenterPlugin().makeSource(
            declaration, Surroundings(transfers: transfers, clock: SystemTimekeeper()))
        let failure = try #require(await failure(of: source))
        #expect(!"\(failure)".contains(Self.secret))
    }

    @Test("is not in the difference of two topologies")
    func difference() throws {
        let former = try Topology.parse(topology(settings: "timeout: 1s"), file: "t.yaml")
        let next = try Topology.parse(topology(settings: "'http://me:s3cr3t@a': 1"), file: "t.yaml")
        let change = TopologyChange(from: former, to: next)
        #expect(change.changed.first?.keys == ["settings.http://…@a", "settings.timeout"])
    }

    /// Reads the text as `mainstem check` does, which has to fail without a word of the secret.
    private func expectSilence(_ text: String) throws {
        let error = try #require(throws: TopologyError.self, Comment(rawValue: text)) {
            let topology = try Topology.parse(text, file: "t.yaml")
            let transfers = HTTPTransfers()
            defer { transfers.shutdown() }
            _ = try PluginTable.builtin.makeSources(
                topology, Surroundings(transfers: transfers, clock: SystemTimekeeper()))
        }
        #expect(!"\(error)".contains(Self.secret), Comment(rawValue: text))
    }

    private func topology(endpoints: String = "'https://a:1'", settings: String = "") -> String {
        "sources: [{name: a, plugin: servicecenter, settings: {endpoints: [\(endpoints)], \(settings)}}]"
    }
}

/// No file but a certificate.
private struct NoSecretFiles: FileReader {
    func read(_ path: String) throws(UnreadableFile) -> [UInt8] {
        if path == #file { return Array("-----BEGIN CERTIFICATE-----".utf8) }
        throw UnreadableFile(problem: "is not there")
    }

    func stamp(of path: String) throws(UnreadableFile) -> FileStamp { throw UnreadableFile(problem: "is not there") }
}

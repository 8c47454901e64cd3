import Discovery
import Foundation
import TestSupport
import Testing
import Topology

@Suite("How an upstream is reached")
struct UpstreamAccessTests {
    @Test("is by TLS 1.2 or later with the system's CAs, and no more, when nothing is declared")
    func nothing() throws {
        #expect(try access("") == UpstreamAccess())
        #expect(UpstreamAccess().tls.minimumVersion == .v12)
    }

    @Test("is read from the settings")
    func everything() throws {
        let tls = "ca: ca.pem, certificate: c.pem, key: k.pem, serverName: registry.example, minimumVersion: 1.3"
        let access = try access("tls: {\(tls)}, proxy: http://10.0.0.9:3128, token: {user: me, passwordFile: p}")
        #expect(access.tls.ca?.path == "ca.pem")
        #expect(access.tls.certificate?.path == "c.pem")
        #expect(access.tls.key?.path == "k.pem")
        #expect(access.tls.serverName == "registry.example")
        #expect(access.tls.minimumVersion == .v13)
        #expect(access.proxy?.description == "http://10.0.0.9:3128")
        guard case .account("me", let password, .seconds(900))? = access.credentials else {
            Issue.record("not the account that was declared")
            return
        }
        #expect(password.path == "p")
    }

    @Test(
        "that is declared with a mistake is refused with the line and what to do",
        arguments: [
            ("tls: {certificate: c.pem}", "'certificate' is declared without 'key'"),
            ("tls: {key: k.pem}", "'key' is declared without 'certificate'"),
            ("tls: {minimumVersion: 1.1}", "'minimumVersion' must be 1.2 or 1.3, not '1.1'"),
            ("tls: {serverName: 'a:443'}", "'a:443' is not the name of a host"),
            ("tls: {serverName: 10.0.0.1}", "'10.0.0.1' is not the name of a host"),
            ("tls: {serverName: a..b}", "'a..b' is not the name of a host"),
            ("tls: {verify: false}", "unknown key 'verify'"),
            ("proxy: 10.0.0.9", "'10.0.0.9' has no scheme"),
            ("proxy: https://10.0.0.9:3128", "'proxy' must be an http proxy"),
            ("proxy: http://me:pw@10.0.0.9:3128", "has a user"),
            ("token: {}", "'token' is neither a file nor a user"),
            ("token: {file: t, user: me}", "'token' is neither a file nor a user"),
            ("token: {user: me}", "'token' is neither a file nor a user"),
            ("token: {file: t, renewAfter: 1m}", "'token' is neither a file nor a user"),
            ("token: {password: hunter2}", "unknown key 'password'"),
        ])
    func mistakes(settings: String, problem: String) throws {
        let error = try #require(throws: TopologyError.self) { try access(settings) }
        #expect(error.problem.contains(problem))
        #expect(error.line == 4)
        #expect(!error.description.contains("hunter2"))
    }

    @Test("says nothing of TLS to endpoints that do not speak it")
    func plain() throws {
        let declaration = try declaration("up", endpoints: ["http://10.0.0.1:30100"], settings: "tls: {ca: ca.pem}")
        let error = #expect(throws: TopologyError.self) { try ServiceCenterSettings(declaration) }
        #expect(error?.problem == "'tls' is declared, but the endpoints are http")
    }

    @Test("passes the check when every file holds what it should")
    func soundFiles() async throws {
        let authority = try await TestAuthority()
        let made = try await authority.issue("client")
        let secret = try file("secret\n")
        let tls = "ca: \(authority.certificate), certificate: \(made.certificate), key: \(made.key)"
        try check("tls: {\(tls)}, token: {file: \(secret)}")
        try check("token: {user: me, passwordFile: \(secret)}")
    }

    @Test("is refused by the check when a file does not hold what it should, with the line and no word of its content")
    func unsoundFiles() async throws {
        let authority = try await TestAuthority()
        let made = try await authority.issue("client")
        let locked = try await authority.locked(made.key)
        let (wrong, empty, two) = (try file("hunter2"), try file(" \n"), try file("hunter2\nhunter3"))
        let directory = FileManager.default.temporaryDirectory.path()
        for (settings, problem) in [
            ("tls: {ca: /nowhere/ca.pem}", "'/nowhere/ca.pem' cannot be read: No such file or directory"),
            ("tls: {ca: \(directory)}", "is not a regular file"),
            ("tls: {ca: /dev/null}", "is not a regular file"),
            ("tls: {ca: \(wrong)}", "has no certificate in it"),
            ("tls: {certificate: \(made.key), key: \(made.key)}", "has no certificate in it"),
            ("tls: {certificate: \(made.certificate), key: \(made.certificate)}", "has no key in it"),
            ("tls: {certificate: \(made.certificate), key: \(locked)}", "has a key with a pass phrase"),
            ("token: {file: \(empty)}", "has not one line of text"),
            ("token: {user: me, passwordFile: \(two)}", "has not one line of text"),
        ] {
            let error = try #require(throws: TopologyError.self) { try check(settings) }
            #expect(error.problem.contains(problem))
            #expect((error.file, error.line) == ("test.yaml", 4))
            #expect(error.remedy != nil)
            #expect(!error.description.contains("hunter"))
        }
    }

    private func check(_ settings: String) throws {
        try ServiceCenterPlugin().check(https(settings), SystemFiles())
    }

    private func file(_ content: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "mainstem-\(UUID())")
        try Data(content.utf8).write(to: url)
        return url.path(percentEncoded: false)
    }
}

/// The settings that a source of one https endpoint declares.
func access(_ settings: String, endpoint: String = "https://10.0.0.1:30100") throws -> UpstreamAccess {
    try ServiceCenterSettings(https(settings, endpoint: endpoint)).access
}

private func https(_ settings: String, endpoint: String = "https://10.0.0.1:30100") throws -> SourceDeclaration {
    try declaration("up", endpoints: [endpoint], settings: settings)
}

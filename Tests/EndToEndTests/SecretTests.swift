import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// What the real binary says of a secret that was written where none belongs.
@Suite struct SecretTests {
    private static let secret = "s3cr3t"

    @Test("a secret in a topology is told neither by check, plan and reload nor by the log")
    func topology() async throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/topology.yaml"
        let sound = "sources:\n  - {name: north, plugin: local}\n"
        try Data(sound.utf8).write(to: URL(filePath: file))
        let running = try MainstemProcess(["serve", file, "--listen", "127.0.0.1:0"])
        let server = "http://\(try await running.address())"
        for settings in [
            "{endpoints: ['http://a:1'], token: s3cr3t}", "{endpoints: ['http://me:s3cr3t@a:1']}",
            "{endpoints: ['http://a:1'], proxy: 'http://me:s3cr3t@b:1'}",
        ] {
            let faulty = sound + "  - {name: south, plugin: servicecenter, settings: \(settings)}\n"
            try Data(faulty.utf8).write(to: URL(filePath: file))
            for command in [["check", file], ["serve", file], ["reload", "--server", server]] {
                let said = try await said(command)
                #expect(said.contains("topology.yaml:3:"), "\(command): \(said)")
            }
            _ = try await said(["plan", file, "--server", server])
        }
        running.signal(SIGTERM)
        #expect(try await running.ended() == 0)
        try await eventually("the log has the refusals") {
            running.standardError.split(separator: "the topology is not applied").count == 4
        }
        #expect(!running.standardError.contains(Self.secret))
    }

    @Test("a password in an option, or in a proxy of the environment, is not told")
    func options() async throws {
        for endpoint in ["http://me:s3cr3t@a:1", "http://me:1,s3cr3t@a:1", "me:s3cr3t@a"] {
            let said = try await said(["serve", "--sources", "north=\(endpoint)"])
            #expect(said.contains("--sources: "))
        }
        _ = try await said(["sources", "--server", "http://me:s3cr3t@127.0.0.1:1"])
        _ = try await said(["watch", "--all", "--server", "http://me:s3cr3t@127.0.0.1:1"])
        let asking = ["sources", "--server", "http://upstream.invalid:1"]
        for proxy in ["strange://me:s3cr3t@127.0.0.1:1", "http://me:s3cr3t@[1", "me:s3cr3t@127.0.0.1:1"] {
            _ = try await said(["http_proxy=\(proxy)", MainstemProcess.binary.path()] + asking, by: "/usr/bin/env")
        }
    }

    @Test("a token's file that goes while we run is told once, and once more when it is back")
    func lostFile() async throws {
        let directory = try TemporaryDirectory()
        let north = try MainstemProcess(["serve", "--local", "north", "--listen", "127.0.0.1:0"])
        let settings = "{endpoints: ['http://\(try await north.address())'], token: {file: token}}"
        let text = "sources:\n  - {name: north, plugin: servicecenter, settings: \(settings)}\n"
        try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/t.yaml"))
        let token = URL(filePath: "\(directory.path)/token")
        try Data("s3cr3t".utf8).write(to: token)
        let front = try MainstemProcess(
            ["serve", "t.yaml", "--listen", "127.0.0.1:0", "--interval", "100ms"], in: URL(filePath: directory.path))
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        let client = RegistryClient(try await front.address(), transfers)
        func fault() async throws -> String? {
            try await client.ask("GET", "/mainstem/v1/sources").json?["sources"]?.elements.first?["secretFault"]?.text
        }
        try await eventually("the source is read") { front.standardError.contains("source is synced") }
        #expect(try await fault() == nil)
        try FileManager.default.removeItem(at: token)
        try await eventually("the loss is shown") {
            try await fault() == "the token file 'token' cannot be read: No such file or directory"
        }
        try Data("s3cr3t".utf8).write(to: token)
        try await eventually("it is over") { try await fault() == nil }
        for process in [front, north] {
            process.signal(SIGTERM)
            #expect(try await process.ended() == 0)
        }
        let log = front.standardError
        #expect(log.split(separator: "the source's secret cannot be read any more").count == 2)
        #expect(log.split(separator: "the source's secret can be read again").count == 2)
        #expect(!log.contains(Self.secret))
    }

    /// What a command says, which has to end with a failure and without a word of the secret.
    private func said(_ arguments: [String], by program: String? = nil) async throws -> String {
        let process = try MainstemProcess(
            arguments, executable: program.map { URL(filePath: $0) } ?? MainstemProcess.binary)
        let status = try await process.ended()
        try await eventually("something is said") {
            !(process.standardOutput + process.standardError).isEmpty
        }
        let said = process.standardOutput + process.standardError
        #expect(!said.contains(Self.secret), "\(arguments): \(said)")
        #expect(arguments.first == "plan" || status == 2, "\(arguments): \(said)")
        return said
    }
}

import Foundation
import Glibc
import TestSupport
import Testing

/// What the commands say, and how they end.
@Suite struct CommandTests {
    @Test("a topology with a mistake is refused with file, line and the known keys, and status 2")
    func check() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "bad-\(UUID()).yaml").path()
        let text = """
            sources:
              - name: a
                plugin: servicecenter
                settings:
                  endpoints: [http://a:30100]
                  intervall: 3s
            """
        try Data(text.utf8).write(to: URL(filePath: file))
        for command in ["check", "serve"] {
            let process = try MainstemProcess([command, file])
            #expect(try await process.ended() == 2)
            try await eventually("the mistake is told") { process.standardError.contains("\(file):6:") }
            #expect(process.standardError.contains("'intervall'"))
            #expect(process.standardError.contains("known keys: endpoints, interval"))
        }
    }

    @Test("every topology file of the project passes the check", arguments: Examples.names)
    func topologies(_ name: String) async throws {
        let directory = try await Examples.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = Recordings.project.appending(path: "topology/\(name)").path()
        let process = try MainstemProcess(["check", file], in: directory)
        #expect(try await process.ended() == 0, Comment(rawValue: process.standardError))
    }

    @Test("a file that a topology names and that is not there is refused by the check, with its line")
    func missingFile() async throws {
        let file = Recordings.project.appending(path: "topology/secured.yaml").path()
        let process = try MainstemProcess(["check", file], in: FileManager.default.temporaryDirectory)
        #expect(try await process.ended() == 2)
        try await eventually("the file is named") {
            process.standardError.contains("secured.yaml:9: 'ca': the file 'secrets/ca.pem' cannot be read")
        }
    }

    @Test("an unknown plugin, a strange home, two origins of a topology and none are refused with status 2")
    func refused() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID()).yaml").path()
        try Data("sources:\n  - name: a\n    plugin: consul\n".utf8).write(to: URL(filePath: file))
        let unknown = try MainstemProcess(["check", file])
        #expect(try await unknown.ended() == 2)
        try await eventually("the plugins are listed") { unknown.standardError.contains("local, servicecenter") }
        let both = try MainstemProcess(["serve", file, "--sources", "a=http://127.0.0.1:1"])
        #expect(try await both.ended() == 2)
        let nothing = try MainstemProcess(["serve"])
        #expect(try await nothing.ended() == 2)
        let stranger = try MainstemProcess(["serve", "--sources", "a=http://127.0.0.1:1", "--home", "b"])
        #expect(try await stranger.ended() == 2)
        try await eventually("the sources are listed") { stranger.standardError.contains("the sources are: a") }
    }

    @Test("a refusal ends with its status every time, however soon the process ends after it began")
    func soon() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "soon-\(UUID()).yaml").path()
        try Data("sources:\n  - name: a\n    plugin: consul\n".utf8).write(to: URL(filePath: file))
        for _ in 0..<20 {
            let process = try MainstemProcess(["check", file])
            #expect(try await process.ended() == 2)
        }
    }

    @Test("SIGTERM and SIGINT end a serving process with status 0", arguments: [SIGTERM, SIGINT])
    func signals(_ signal: Int32) async throws {
        let process = try MainstemProcess([
            "serve", "--sources", "gone=http://127.0.0.1:9", "--listen", "127.0.0.1:0",
        ])
        _ = try await process.address()
        process.signal(signal)
        #expect(try await process.ended() == 0)
    }

    @Test("an address that is taken is refused with status 2 and a remedy")
    func addressInUse() async throws {
        let first = try MainstemProcess(["serve", "--sources", "a=http://127.0.0.1:9", "--listen", "127.0.0.1:0"])
        let address = try await first.address()
        let second = try MainstemProcess(["serve", "--sources", "a=http://127.0.0.1:9", "--listen", address])
        #expect(try await second.ended() == 2)
        try await eventually("the reason is told") { second.standardError.contains("Address already in use") }
        first.signal(SIGTERM)
        #expect(try await first.ended() == 0)
    }

    @Test("the demo shows two registries as one, rests when it is told to, and ends with status 0")
    func demo() async throws {
        let port = Int.random(in: 20_000...29_000)
        let process = try MainstemProcess([
            "demo", "--port", "\(port)", "--pace", "50ms", "--quiet-after", "3",
        ])
        try await eventually("the shop rests: \(process.standardError)") {
            process.standardOutput.contains("the shop rests now")
        }
        #expect(process.standardOutput.contains("mainstem sources --server"))
        #expect(process.standardError.isEmpty)
        process.signal(SIGINT)
        #expect(try await process.ended() == 0)
    }
}

/// The topology files that come with the project.
private enum Examples {
    static var names: [String] {
        let folder = Recordings.project.appending(path: "topology").path()
        return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(".yaml") } ?? []
    }

    /// A directory with the files that the examples name.
    static func directory() async throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mainstem-examples-\(UUID())")
        let secrets = directory.appending(path: "secrets")
        try FileManager.default.createDirectory(at: secrets, withIntermediateDirectories: true)
        let authority = try await TestAuthority()
        let made = try await authority.issue("mainstem")
        for (file, name) in [
            (authority.certificate, "ca.pem"), (made.certificate, "mainstem.pem"), (made.key, "mainstem.key"),
        ] {
            try FileManager.default.copyItem(at: URL(filePath: file), to: secrets.appending(path: name))
        }
        try Data("a password\n".utf8).write(to: secrets.appending(path: "password"))
        return directory
    }
}

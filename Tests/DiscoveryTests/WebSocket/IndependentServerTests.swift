import Discovery
import Foundation
import Locks
import TestSupport
import Testing

/// Our WebSocket client as another implementation sees it: Python's `websockets`, which `Tests/setup.sh` installs.
@Suite(
    "A WebSocket client at an independent server",
    .enabled("Python's websockets is not installed") { try await python(["-c", "import websockets"]).ended() == 0 })
struct IndependentServerTests {
    /// Starts the server for a test, and ends it.
    private func withServer(_ test: (Int) async throws -> Void) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../websocket-conformance-server.py").standardizedFileURL.path()
        let server = try python([script])
        let port = try await server.address().split(separator: ":").last.flatMap { Int($0) }
        try await test(try #require(port))
        let report = try await follow(try #require(port), "/report").texts
        #expect(report == ["nothing is wrong"])
        server.signal(9)
        _ = try await server.ended()
    }

    /// Follows a path to its end: the texts that came, and why it ended.
    private func follow(
        _ port: Int, _ path: String, limits: WebSocketClient.Limits = .init()
    ) async throws -> (texts: [String], end: WebSocketClient.Failure?) {
        let texts = Mutex<[String]>([])
        do {
            let target = WebSocketClient.Target(host: "127.0.0.1", port: port, path: path)
            try await WebSocketClient(target, limits: limits).run { text in
                texts.withLock { $0.append(String(decoding: text, as: UTF8.self)) }
            }
        } catch {
            return (texts.withLock { $0 }, error as? WebSocketClient.Failure)
        }
        return (texts.withLock { $0 }, nil)
    }

    @Test("takes messages in one piece, in parts, byte by byte, large ones, and with a ping in between")
    func messages() async throws {
        try await withServer { port in
            let (texts, end) = try await follow(port, "/texts")
            let large = String(repeating: "ü", count: 1 << 19)
            #expect(texts == ["one", "in three parts", large, "slow", "between"])
            #expect(end == .ended(code: 1_000))
        }
    }

    @Test("answers pings, and its own are understood")
    func pings() async throws {
        try await withServer { port in
            var limits = WebSocketClient.Limits()
            (limits.ping, limits.missedPings) = (.milliseconds(50), 1_000)
            let (texts, end) = try await follow(port, "/pings", limits: limits)
            #expect(texts == ["still here"])
            #expect(end == .ended(code: 1_000))
        }
    }

    @Test("knows the server's close code, and echoes it")
    func closes() async throws {
        try await withServer { port in
            for code in [1_000, 1_001, 1_011, 3_000, 4_999] {
                let end = try await follow(port, "/close/\(code)").end
                #expect(end == .ended(code: code))
            }
        }
    }

    @Test("ends a connection on which the server breaks the protocol, and takes nothing that comes after")
    func breaches() async throws {
        try await withServer { port in
            let names = [
                "masked", "reserved-bit", "reserved-opcode", "reserved-control-opcode", "fragment-without-start",
                "message-inside-fragments", "fragmented-ping", "long-ping", "close-of-one-byte", "long-message",
            ]
            for name in names {
                let (texts, end) = try await follow(port, "/breach/\(name)")
                #expect(texts == ["before"], "\(name)")
                #expect(end != nil, "\(name)")
            }
        }
    }
}

private func python(_ arguments: [String]) throws -> MainstemProcess {
    // Debian's own, whatever else is in the path.
    try MainstemProcess(arguments, executable: URL(filePath: "/usr/bin/python3"))
}

import API
import Discovery
import Foundation
import Registry
import TestSupport
import Testing

/// RFC 6455 as another implementation sees it: Python's `websockets`, which `Tests/setup.sh` installs.
@Suite struct WebSocketConformanceTests {
    private static func python(_ arguments: [String]) throws -> MainstemProcess {
        // Debian's own, whatever else is in the path.
        try MainstemProcess(arguments, executable: URL(filePath: "/usr/bin/python3"))
    }

    @Test(
        "an independent client finds messages, pings, closes and breaches answered as they must be",
        .enabled("Python's websockets is not installed") {
            try await python(["-c", "import websockets"]).ended() == 0
        })
    func independentClient() async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../websocket-conformance.py").standardizedFileURL.path()
        let client = try Self.python([script, "\(registry.address.port)"])
        #expect(try await client.ended() == 0, "\(client.standardOutput)\(client.standardError)")
        await registry.stop()
    }
}

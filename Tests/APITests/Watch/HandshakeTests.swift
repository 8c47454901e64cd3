import API
import Discovery
import Registry
import TestSupport
import Testing

/// Handshakes that are none.
@Suite struct HandshakeTests {
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    private static let rest = "Upgrade: websocket\r\nConnection: Upgrade, close"
    private static let watch = "GET /mainstem/v1/watch HTTP/1.1"
    private static let consumer = "GET /v4/default/registry/microservices/nobody/watcher HTTP/1.1"

    @Test(
        "a handshake that is refused is answered, and told what is wrong with it",
        arguments: [
            (watch, "\(rest)\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short", "400", "Sec-WebSocket-Key"),
            (watch, "\(rest)\r\nSec-WebSocket-Version: 13", "400", "Sec-WebSocket-Key"),
            (watch, "\(rest)\r\nSec-WebSocket-Version: 13\r\n\(key)\r\n\(key)", "400", "one 'Sec-WebSocket-Key'"),
            (watch, "\(rest)\r\n\(key)", "426", "Sec-WebSocket-Version: 13\r\n"),
            (consumer, "\(rest)\r\nSec-WebSocket-Version: 8\r\n\(key)", "426", "Sec-WebSocket-Version: 13\r\n"),
            (
                watch, "Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n\(key)", "400",
                "Connection: Upgrade"
            ),
            (consumer, "Connection: close", "400", "ask for an upgrade"),
            ("GET /nosuch HTTP/1.1", "\(rest)\r\nSec-WebSocket-Version: 13\r\n\(key)", "404", "not found"),
            ("POST /mainstem/v1/watch HTTP/1.1", "\(rest)\r\nSec-WebSocket-Version: 13\r\n\(key)", "405", "Allow"),
        ])
    func refused(_ line: String, _ headers: String, _ status: String, _ reason: String) async throws {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source)
        let address = registry.address
        let answer = try await blocking {
            try RawClient.exchange(address, "\(line)\r\nHost: test\r\n\(headers)\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), Comment(rawValue: answer))
        #expect(answer.contains(reason), Comment(rawValue: answer))
        await registry.stop()
    }
}

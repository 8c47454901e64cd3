import API
import Discovery
import Registry
import TestSupport
import Testing

/// Where on a connection an upgrade may be asked for, and what becomes of one that nobody here knows.
@Suite(.timeLimit(.minutes(4))) struct UpgradeGateTests {
    private static let extended = "/mainstem/v1/watch"
    /// A consumer that nobody knows: one frame, then the end.
    private static let consumer = "/v4/default/registry/microservices/nobody/watcher"
    private static let plain = "GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"

    private static func handshake(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: test\r\n\(RawStream.handshake)\r\n"
    }

    private static func start() async throws -> LiveRegistry {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        return try await LiveRegistry.start([source], home: source)
    }

    @Test("a handshake may come after other requests on its connection", arguments: [extended, consumer])
    func notTheFirst(_ path: String) async throws {
        let registry = try await Self.start()
        let stream = try await RawStream.open(registry.address, sending: Self.plain)
        _ = try await stream.until("ok\n")
        stream.send(Self.handshake("/nosuch"))
        _ = try await stream.until("page not found\n")
        stream.send(Self.handshake(path))
        let answer = try await stream.until("\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 101 "), Comment(rawValue: answer))
        stream.close()
        await registry.stop()
    }

    @Test("a handshake may stand directly behind other requests")
    func pipelined() async throws {
        let registry = try await Self.start()
        let stream = try await RawStream.open(
            registry.address, sending: Self.plain + Self.plain + Self.handshake(Self.extended))
        let answer = try await stream.until("SYNCED")
        #expect(answer.ranges(of: "HTTP/1.1 200 OK").count == 2 && answer.contains("HTTP/1.1 101 "))
        stream.close()
        // An answer that comes in a later turn.
        let body = #"{"service":{"appId":"shop","serviceName":"cart","version":"1.0.0"}}"#
        let register = """
            POST /v4/default/registry/microservices HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\r\n
            """
        let (address, text) = (registry.address, register + body + Self.handshake(Self.consumer))
        let rest = try await blocking { try RawClient.exchange(address, text) }
        #expect(rest.hasSuffix("service does not exist"), Comment(rawValue: rest))
        await registry.stop()
    }

    @Test("an upgrade to what nobody here knows is none: the request is answered, and the next one, too")
    func unknownProtocol() async throws {
        let registry = try await Self.start()
        let asking = """
            GET /livez HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r
            HTTP2-Settings: AAEAAEAAAAIAAAAB\r\n\r\n
            """
        let stream = try await RawStream.open(registry.address, sending: asking)
        for _ in 0..<2 {
            #expect(try await stream.until("ok\n").hasPrefix("HTTP/1.1 200 OK"))
            stream.send(asking + asking)
            for _ in 0..<2 { #expect(try await stream.until("ok\n").hasPrefix("HTTP/1.1 200 OK")) }
            stream.send(Self.plain)
        }
        #expect(try await stream.until("ok\n").hasPrefix("HTTP/1.1 200 OK"))
        stream.send(asking.replacing("/livez", with: Self.extended))
        let head = try await stream.until("SYNCED")
        #expect(head.contains("text/event-stream"), Comment(rawValue: head))
        stream.close()
        await registry.stop()
    }
}

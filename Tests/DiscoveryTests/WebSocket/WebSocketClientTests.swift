import Discovery
import Glibc
import Locks
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite("A WebSocket that is followed")
struct WebSocketClientTests {
    /// Follows the watch of a server to its end: the texts that came, and why it ended.
    private static func follow(
        _ server: ScriptedServer, limits: WebSocketClient.Limits = .init(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async -> (texts: [String], end: WebSocketClient.Failure?) {
        let texts = Mutex<[String]>([])
        let target = WebSocketClient.Target(
            host: "127.0.0.1", port: server.port, path: "/watch?a=b", headers: [("X-Domain-Name", "tenant")])
        var end: WebSocketClient.Failure?
        do {
            try await WebSocketClient(target, limits: limits, group: group).run { text in
                texts.withLock { $0.append(String(decoding: text, as: UTF8.self)) }
            }
        } catch {
            end = error as? WebSocketClient.Failure
        }
        return (texts.withLock { $0 }, end)
    }

    @Test("loses no frame that comes in one piece with the answer and the connection's end")
    func togetherWithTheEnd() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ScriptedServer.start { request in
            // The client looks up when everything has come.
            group.next().execute { usleep(50_000) }
            let socket = ScriptedSocket()
            socket.send("one")
            socket.send("two")
            group.next().execute { socket.end() }
            return .webSocket(socket)
        }
        for _ in 0..<10 {
            let (texts, end) = await Self.follow(server, group: group)
            #expect(texts == ["one", "two"])
            #expect(end == .ended(code: nil))
        }
        await server.stop()
        try await group.shutdownGracefully()
    }

    @Test("is asked for with the path and the headers that were given")
    func request() async throws {
        let server = try await ScriptedServer.start { _ in .respond(status: 404, body: Array("none here\nx".utf8)) }
        #expect(await Self.follow(server).end == .refused(status: 404, "none here"))
        let request = try #require(server.requests.first)
        #expect((request.method, request.path) == ("GET", "/watch?a=b"))
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        #expect(request.header("X-Domain-Name") == "tenant")
        await server.stop()
    }

    @Test("is given up when its handshake is not answered in time")
    func slowHandshake() async throws {
        var limits = WebSocketClient.Limits()
        limits.handshake = .milliseconds(200)
        for answer in [ScriptedAnswer.hang, .headThenHang(status: 403), .raw([])] {
            let server = try await ScriptedServer.start { _ in answer }
            let end = await Self.follow(server, limits: limits).end
            switch end {
            case .timedOut, .ended(code: nil): break
            default: Issue.record("\(String(describing: end))")
            }
            await server.stop()
        }
    }

    @Test("is pinged, and lives while pongs come")
    func pings() async throws {
        var limits = WebSocketClient.Limits()
        limits.ping = .milliseconds(50)
        // Pongs come when the machine finds the time.
        limits.missedPings = 1_000
        let socket = ScriptedSocket()
        let server = try await ScriptedServer.start { _ in .webSocket(socket) }
        async let following = Self.follow(server, limits: limits)
        try await eventually("ten pings come") { socket.pings >= 10 }
        #expect(!socket.isEnded)
        socket.end()
        #expect(await following.end == .ended(code: nil))
        await server.stop()
    }

    @Test("is ended when nothing comes for some pings")
    func silence() async throws {
        var limits = WebSocketClient.Limits()
        limits.ping = .milliseconds(50)
        let socket = ScriptedSocket(answersPings: false)
        let server = try await ScriptedServer.start { _ in .webSocket(socket) }
        #expect(await Self.follow(server, limits: limits).end == .silent)
        #expect(socket.pings == 3)
        await server.stop()
    }

    @Test("ends at once when its task is cancelled, before and after the handshake", arguments: [true, false])
    func cancelled(isOpen: Bool) async throws {
        let socket = ScriptedSocket()
        let server = try await ScriptedServer.start { _ in isOpen ? .webSocket(socket) : .hang }
        await withTaskGroup { group in
            group.addTask { _ = await Self.follow(server) }
            _ = await ScriptedServer.eventually { isOpen ? socket.isOpen : server.requests.count == 1 }
            group.cancelAll()
        }
        #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        await server.stop()
    }
}

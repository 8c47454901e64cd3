import API
import Discovery
import Federation
import Registry
import ServiceCenterWire
import TestSupport
import Testing

/// `/mainstem/v1/watch` over real sockets, as a WebSocket and as server-sent events.
@Suite struct ExtendedWatchTests {
    private static let path = "/mainstem/v1/watch"

    private static func start(
        _ limits: APILimits = .forTests
    ) async throws -> (registry: LiveRegistry, client: RegistryClient) {
        let source = LocalSource(id: SourceID("home"), settings: LocalSettings(), clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([source], home: source, limits: limits)
        return (registry, RegistryClient("\(registry.address)", registry.client))
    }

    private static func member(_ name: String, of text: String) -> String? {
        JSONValue(parsing: Array(text.utf8))?[name]?.text
    }

    @Test("begins with the present state, says that this was all, and goes on with events")
    func beginning() async throws {
        let (registry, client) = try await Self.start()
        let cart = try await client.register("cart")
        _ = try await client.start("one", of: cart)
        let watch = try await WatchRecorder.open("\(registry.address)", path: Self.path)
        try await watch.expect(["SNAPSHOT home one"])
        _ = try await client.start("two", of: cart)
        try await watch.expect(["SNAPSHOT home one", "CREATE home two"])
        // However slow the machine is: a heartbeat says nothing new.
        let texts = watch.texts.filter { Self.member("action", of: $0) != "HEARTBEAT" }
        #expect(texts.map { Self.member("action", of: $0) } == ["SNAPSHOT", "SYNCED", "CREATE"])
        let revisions = texts.compactMap { Self.member("revision", of: $0).flatMap { Revision($0) } }
        let moments = texts.map { JSONValue(parsing: Array($0.utf8))?["observed"]?.number }
        #expect(moments.map { ($0 ?? 0) > 1.7e9 } == [true, false, true])
        #expect(revisions[0] == revisions[1])
        #expect(revisions[1].sequence + 1 == revisions[2].sequence)
        await watch.close()
        await registry.stop()
    }

    @Test(
        "goes on behind a cursor: nothing twice, nothing left out; and starts over behind one that means nothing here")
    func resuming() async throws {
        let (registry, client) = try await Self.start()
        let cart = try await client.register("cart")
        let first = try await WatchRecorder.open("\(registry.address)", path: Self.path)
        for number in 0..<10 { _ = try await client.start("host-\(number)", of: cart) }
        let hosts = (0..<10).map { "CREATE home host-\($0)" }
        try await first.expect(hosts)
        await first.close()
        let events = first.texts.filter { Self.member("action", of: $0) == "CREATE" }
        let cursors = events.compactMap { Self.member("cursor", of: $0) }
        #expect(cursors.count == 10)
        for (number, cursor) in cursors.enumerated() {
            let again = try await WatchRecorder.open("\(registry.address)", path: "\(Self.path)?after=\(cursor)")
            _ = try await client.start("after-\(number)", of: cart)
            let rest = Array(hosts[(number + 1)...]) + (0...number).map { "CREATE home after-\($0)" }
            try await again.expect(rest)
            await again.close()
        }
        for strange in ["ab.1", "nonsense", "\(registry.federation.registry.view.revision.next).1"] {
            let watch = try await WatchRecorder.open("\(registry.address)", path: "\(Self.path)?after=\(strange)")
            try await eventually("the state comes") { watch.texts.count >= 22 }
            #expect(Self.member("action", of: watch.texts[0]) == "COMPACTED")
            #expect(Self.member("action", of: watch.texts[21]) == "SYNCED")
            await watch.close()
        }
        await registry.stop()
    }

    @Test("hears what its filter covers, and nothing else")
    func filters() async throws {
        let (registry, client) = try await Self.start()
        let (cart, web) = (try await client.register("cart"), try await client.register("web"))
        let named = try await WatchRecorder.open(
            "\(registry.address)", path: "\(Self.path)?microservice=web&source=home")
        let foreign = try await WatchRecorder.open("\(registry.address)", path: "\(Self.path)?application=bank")
        let all = try await WatchRecorder.open(
            "\(registry.address)", path: "\(Self.path)?domain=default&project=default")
        _ = try await client.start("one", of: cart)
        _ = try await client.start("two", of: web)
        try await all.expect(["CREATE home one", "CREATE home two"])
        try await named.expect(["CREATE home two"])
        #expect(foreign.events == [])
        for watch in [named, foreign, all] { await watch.close() }
        await registry.stop()
    }

    @Test("is a stream of server-sent events where that is wanted, which a browser can resume")
    func stream() async throws {
        let (registry, client) = try await Self.start()
        let cart = try await client.register("cart")
        _ = try await client.start("one", of: cart)
        let stream = try await RawStream.open(registry.address, path: Self.path)
        let head = try await stream.until("\"SYNCED\"}\n\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Type: text/event-stream\r\n"))
        #expect(head.contains("\r\n\r\ndata: {\"revision\":"))
        let revision = registry.federation.registry.view.revision
        #expect(head.contains("id: \(revision)\ndata: {\"revision\":\"\(revision)\""))
        _ = try await client.start("two", of: cart)
        let event = try await stream.until("\n\n")
        #expect(event.hasPrefix("id: \(registry.federation.registry.view.revision)\ndata: "))
        #expect(event.contains(#""action":"CREATE""#))
        stream.close()
        let again = try await RawStream.open(
            registry.address, path: Self.path, headers: "Last-Event-ID: \(revision)\r\n")
        let missed = try await again.until("\n\n")
        #expect(missed.contains(#""action":"CREATE""#))
        #expect(missed.contains(#""hostName":"two""#))
        again.close()
        try await eventually("its place is free") { registry.services.watches.snapshot.streams == 0 }
        await registry.stop()
    }

    @Test("HEAD gives the head of the stream and takes no place among the watchers")
    func head() async throws {
        var limits = APILimits.forTests
        limits.watchers = 1
        let (registry, _) = try await Self.start(limits)
        let stream = try await RawStream.open(
            registry.address, sending: "HEAD \(Self.path) HTTP/1.1\r\nHost: test\r\n\r\n")
        let head = try await stream.until("\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("text/event-stream"), Comment(rawValue: head))
        stream.send("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try await stream.until("ok\n").hasPrefix("HTTP/1.1 200 OK"))
        let watch = try await RawStream.open(registry.address, path: Self.path)
        #expect(try await watch.until("\n\n").hasPrefix("HTTP/1.1 200 OK"))
        for open in [stream, watch] { open.close() }
        await registry.stop()
    }

    @Test(
        "a query that would filter nothing by mistake is refused, as a stream and as an upgrade",
        arguments: [
            ("Application=shop", "Application"), ("environment=dev", "environment"), ("application=", "application"),
            ("source=a&source=b", "source"),
        ])
    func mistakenQuery(_ query: String, _ name: String) async throws {
        let (registry, _) = try await Self.start()
        for headers in ["", RawStream.handshake] {
            let stream = try await RawStream.open(
                registry.address, path: "\(Self.path)?\(query)", headers: headers + "Connection: close\r\n")
            let answer = try await stream.until("}")
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("400001"), Comment(rawValue: answer))
            #expect(answer.contains("'\(name)'") && answer.contains("microservice"), Comment(rawValue: answer))
            stream.close()
        }
        await registry.stop()
    }
}

extension Revision {
    fileprivate var next: Revision { Revision(epoch: epoch, sequence: sequence + 1_000) }
}

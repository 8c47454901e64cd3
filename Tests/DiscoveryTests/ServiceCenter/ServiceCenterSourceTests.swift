import Discovery
import Registry
import TestSupport
import Testing
import Topology

@Suite("A service-center that answers")
struct ServiceCenterSourceTests {
    @Test("is asked for the dump of everything, as the default domain")
    func request() async throws {
        let dump = SampleDump().bytes
        try await withSource([{ _ in .respond(body: dump) }]) { servers, source async throws in
            _ = try await source.read()
            let request = try #require(servers[0].requests.first)
            #expect(request.method == "GET")
            #expect(request.path == "/v4/default/admin/dump")
            #expect(request.header("X-Domain-Name") == "default")
            #expect(request.header("Accept-Encoding")?.contains("gzip") == true)
        }
    }

    @Test("is read whole, then by its differences")
    func differences() async throws {
        let old = SampleDump()
        var new = old
        new.rename("i0", of: "s0", to: "other")
        new.remove("i1", of: "s1")
        let changed = new.bytes
        try await withSource([{ _ in .respond(body: old.bytes) }]) { servers, source async throws in
            let first = try await source.read()
            #expect(first.delta.changeCount == 12)
            #expect((first.entries, first.decoded) == (12, 12))
            #expect((first.wireBytes, first.bodyBytes) == (old.bytes.count, old.bytes.count))
            #expect(first.upstreamName == "up")
            let second = try await source.read()
            #expect(second.delta.isEmpty)
            #expect((second.entries, second.decoded) == (12, 0))
            servers[0].script = { _ in .respond(body: changed) }
            let third = try await source.read()
            #expect(third.delta.instances.map(\.id.text) == ["i0"])
            #expect(third.delta.removedInstances.map(\.id.text) == ["i1"])
            #expect(third.delta.changeCount == 2)
            #expect(third.decoded == 1)
            // All over one connection.
            #expect(servers[0].connections == 1)
        }
    }

    @Test("may compress its dump, and is asked not to when the operator says so")
    func compression() async throws {
        let plain = SampleDump(microservices: 50, instances: 10).bytes
        let packed = try gzipped(plain)
        let script: ScriptedServer.Script = { request in
            guard request.header("Accept-Encoding")?.contains("gzip") == true else { return .respond(body: plain) }
            return .respond(headers: [("Content-Encoding", "gzip")], body: packed)
        }
        try await withSource([script]) { _, source async throws in
            let reading = try await source.read()
            #expect(reading.delta.instances.count == 500)
            #expect((reading.wireBytes, reading.bodyBytes) == (packed.count, plain.count))
        }
        try await withSource([script], settings: "timeout: 100s, compression: false") { _, source async throws in
            let reading = try await source.read()
            #expect(reading.delta.instances.count == 500)
            #expect((reading.wireBytes, reading.bodyBytes) == (plain.count, plain.count))
        }
    }

    @Test("may send its dump in any chunks", arguments: [1, 100, 5_000])
    func chunks(length: Int) async throws {
        let dump = SampleDump().bytes
        let pieces = stride(from: 0, to: dump.count, by: length).map { start in
            Array(dump[start..<min(dump.count, start + length)])
        }
        try await withSource([{ _ in .chunked(pieces: pieces) }]) { _, source async throws in
            #expect(try await source.read().delta.changeCount == 12)
        }
    }

    @Test("may be a real one of ten thousand instances", .enabled(if: Recordings.areThere, "reads ../shared"))
    func large() async throws {
        let packed = try Recordings.data("large-dump-sc-1.json.gz")
        let answer = ScriptedAnswer.respond(headers: [("Content-Encoding", "gzip")], body: packed)
        try await withSource([{ _ in answer }]) { _, source async throws in
            let first = try await source.read()
            #expect((first.delta.microservices.count, first.delta.instances.count) == (1_001, 10_001))
            #expect(first.upstreamName == "sc-1")
            #expect(first.wireBytes == packed.count)
            #expect(first.bodyBytes > packed.count)
            let second = try await source.read()
            #expect(second.delta.isEmpty)
            #expect(second.decoded == 0)
            #expect(second.entries == first.entries)
        }
    }

    @Test("may hold nothing")
    func empty() async throws {
        try await withSource([{ _ in .respond(body: Array(#"{"cache":{}}"#.utf8)) }]) { _, source async throws in
            let reading = try await source.read()
            #expect(reading.delta.isEmpty)
            #expect(reading.entries == 0)
            #expect(reading.upstreamName == nil)
        }
    }

    @Test("is shown with the plugin's name, its endpoints and its interval")
    func profile() async throws {
        try await withSource([{ _ in .hang }, { _ in .hang }], settings: "interval: 5s") {
            servers, source async throws in
            #expect(source.profile.id == SourceID("up"))
            #expect(source.profile.plugin == "servicecenter")
            #expect(source.profile.endpoints == servers.map(\.url))
            #expect(source.profile.interval == .seconds(5))
            // Making a source asks nobody.
            #expect(servers.allSatisfy { $0.connections == 0 })
        }
    }
}

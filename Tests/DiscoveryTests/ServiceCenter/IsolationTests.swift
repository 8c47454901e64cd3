import Discovery
import Registry
import ServiceCenterWire
import TestSupport
import Testing
import Topology

/// What one upstream does, seen from the sources beside it: they share one thread for transfers, one view, one process.
@Suite("A source that does not come to an end")
struct IsolationTests {
    /// Where an upstream stops, and never goes on.
    enum Place: String, CaseIterable, CustomTestStringConvertible {
        case connect, handshake, firstByte, head, body, dribble, endless

        var testDescription: String { rawValue }

        var answer: ScriptedAnswer {
            switch self {
            case .connect, .handshake, .firstByte: .hang
            case .head: .rawThenHang(Array("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX".utf8))
            case .body: .headThenHang(partOfBody: Array(#"{"cache":{"#.utf8))
            case .dribble: .dribble(body: SampleDump().bytes, every: .seconds(1))
            case .endless: .endless(piece: Array(repeating: UInt8(ascii: " "), count: 65_536))
            }
        }
    }

    @Test("delays neither another source's reads, nor a write to it, and is left at once", arguments: Place.allCases)
    func others(place: Place) async throws {
        let dump = SampleDump().bytes
        let healthy = try await ScriptedServer.start { $0.method == "PUT" ? .respond() : .respond(body: dump) }
        let hanging = try await ScriptedServer.start { _ in place.answer }
        let silent = try SilentListener(isFull: place == .connect)
        let url =
            switch place {
            case .connect: "http://127.0.0.1:\(silent.port)"
            case .handshake: "https://127.0.0.1:\(silent.port)"
            default: hanging.url
            }
        let topology = try Topology.parse(
            """
            home: healthy
            sources:
              - name: hanging
                plugin: servicecenter
                settings: {endpoints: [\(url)], timeout: 600s, connectTimeout: 1m, interval: 100ms, maxBodyBytes: 8GiB}
              - name: healthy
                plugin: servicecenter
                settings: {endpoints: [\(healthy.url)], interval: 100ms}
            """, file: "test.yaml")
        let transfers = HTTPTransfers()
        let sources = try PluginTable.builtin.makeSources(
            topology, Surroundings(transfers: transfers, clock: SystemTimekeeper()))
        try await withThrowingTaskGroup { group in
            group.addTask { await failure(of: sources[0]) }
            if ![.connect, .handshake].contains(place) {
                #expect(await ScriptedServer.eventually { hanging.requests.count == 1 })
            }
            for _ in 0..<20 { _ = try await sources[1].read() }
            let home = try #require(sources[1] as? any Home)
            let write = RegistryWrite.heartbeat(ServiceID("s0"), InstanceID("i0"))
            for _ in 0..<20 { #expect(try await home.perform(write, for: Caller(tenant: .default)).status == 200) }
            #expect(healthy.requests.count == 40)
            #expect(sources[0].endpoints.map(\.state) == [.unknown])
            group.cancelAll()
            #expect(try await group.next() == .cancelled)
        }
        #expect(await ScriptedServer.eventually { hanging.openConnections == 0 })
        transfers.shutdown()
        await hanging.stop()
        await healthy.stop()
        withExtendedLifetime(silent) {}
    }

    @Test(
        "is left when its time is over, though a byte came a moment ago", arguments: [Place.body, .dribble, .endless])
    func total(place: Place) async throws {
        try await withSource([{ _ in place.answer }], settings: "timeout: 1s, maxBodyBytes: 8GiB") {
            servers, source async throws in
            #expect(await failure(of: source)?.label == "timeout")
            #expect(await ScriptedServer.eventually { servers[0].openConnections == 0 })
        }
    }
}

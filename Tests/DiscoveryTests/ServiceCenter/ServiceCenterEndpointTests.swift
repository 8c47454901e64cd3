import Discovery
import Registry
import TestSupport
import Testing

@Suite("A service-center of several replicas")
struct ServiceCenterEndpointTests {
    @Test("is read from the second one when the first one fails, and from then on from the second one first")
    func preference() async throws {
        let dump = SampleDump().bytes
        let scripts: [ScriptedServer.Script] = [{ _ in .respond(status: 500) }, { _ in .respond(body: dump) }]
        try await withSource(scripts, clock: ManualClock()) { servers, source async throws in
            #expect(try await source.read().delta.changeCount == 12)
            #expect(servers.map(\.requests.count) == [1, 1])
            #expect(try await source.read().delta.isEmpty)
            #expect(servers.map(\.requests.count) == [1, 2])
            // And back, when the second one fails.
            servers[0].script = scripts[1]
            servers[1].script = scripts[0]
            #expect(try await source.read().delta.isEmpty)
            #expect(servers.map(\.requests.count) == [2, 3])
            #expect(try await source.read().delta.isEmpty)
            #expect(servers.map(\.requests.count) == [3, 3])
        }
    }

    @Test("leaves no trace of a replica that fails in the middle")
    func halfARead() async throws {
        var other = SampleDump(microservices: 6, instances: 4)
        other.rename("i0", of: "s0", to: "never")
        let part = Array(other.bytes.dropLast(2))
        let dump = SampleDump().bytes
        try await withSource([{ _ in .respond(body: dump) }, { _ in .respond(body: dump) }], clock: ManualClock()) {
            servers, source async throws in
            #expect(try await source.read().delta.changeCount == 12)
            servers[0].script = { _ in .respond(body: part) }
            let reading = try await source.read()
            #expect(reading.delta.isEmpty)
            #expect((reading.entries, reading.decoded) == (12, 0))
        }
    }

    @Test("is read when only the last one is alive")
    func lastAlive() async throws {
        let dump = SampleDump().bytes
        let scripts: [ScriptedServer.Script] = [{ _ in .hang }, { _ in .reset }, { _ in .respond(body: dump) }]
        try await withSource(scripts, settings: "timeout: 3s", clock: ManualClock()) { servers, source async throws in
            await servers[1].stop()
            #expect(try await reading(source).delta.changeCount == 12)
        }
    }

    @Test("fails with what the last one of them said, after all were asked")
    func lastFailure() async throws {
        let scripts: [ScriptedServer.Script] = [{ _ in .respond(status: 500) }, { _ in .respond(status: 404) }]
        try await withSource(scripts, clock: ManualClock()) { servers, source async throws in
            #expect(await failure(of: source) == .refused(status: 404, "\(servers[1].url) "))
            #expect(servers.map(\.requests.count) == [1, 1])
        }
    }

    @Test("has one time for all of them: when it is over, nobody else is asked")
    func sharedTime() async throws {
        let clock = ManualClock()
        let script: ScriptedServer.Script = { _ in
            clock.advance(by: .seconds(160))
            return .respond(status: 500)
        }
        try await withSource([script, script, script, script], settings: "timeout: 400s", clock: clock) {
            servers, source in
            let failure = await failure(of: source)
            #expect(failure == .refused(status: 500, "\(servers[2].url) "))
            #expect(servers.map(\.requests.count) == [1, 1, 1, 0])
        }
    }
}

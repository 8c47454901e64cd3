import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

/// Calls that a client waits for.
@Suite("A call to a service-center")
struct ServiceCenterCallTests {
    private let service = ServiceRef(tenant: .default, id: ServiceID("s0"))
    private let write = RegistryWrite.heartbeat(ServiceID("s0"), InstanceID("i0"))
    private let caller = Caller(tenant: .default)

    @Test("goes to the next endpoint when the first one cannot be reached, a write too, and from then on there first")
    func failover() async throws {
        let ok: ScriptedServer.Script = { _ in .respond() }
        try await withSource([ok, ok], clock: ManualClock()) { servers, source async throws in
            let home = try #require(source as? any Home)
            await servers[0].stop()
            for count in 1...3 {
                #expect(try await home.perform(write, for: caller).status == 200)
                #expect(servers[1].requests.count == count)
            }
            let statuses = source.endpoints
            #expect(statuses.map(\.state) == [.failing, .healthy])
            #expect(statuses.map(\.consecutiveFailures) == [1, 0])
            #expect(statuses[0].lastFailure?.reason.contains("no connection") == true)
        }
    }

    @Test("that is a write and broke off is not made again, and the next one goes elsewhere")
    func brokeOff() async throws {
        try await withSource([{ _ in .reset }, { _ in .respond() }], clock: ManualClock()) {
            servers, source async throws in
            let home = try #require(source as? any Home)
            await #expect(throws: ServiceCenterError.self) { try await home.perform(write, for: caller) }
            #expect(servers[1].requests.isEmpty)
            #expect(try await home.perform(write, for: caller).status == 200)
            #expect(servers[1].requests.count == 1)
        }
    }

    @Test("that is refused by the request's own fault says nothing against the endpoint, a gateway's error does")
    func statuses() async throws {
        try await withSource([{ _ in .respond(status: 400) }, { _ in .respond() }], clock: ManualClock()) {
            servers, source async throws in
            let home = try #require(source as? any Home)
            #expect(try await home.perform(write, for: caller).status == 400)
            #expect(source.endpoints[0].state == .healthy)
            servers[0].script = { _ in .respond(status: 503) }
            #expect(try await home.perform(write, for: caller).status == 503)
            #expect(source.endpoints[0].state == .failing)
            #expect(try await home.perform(write, for: caller).status == 200)
        }
    }

    @Test("fails at once after five failures in a row, until one that tries, or a read, gets an answer")
    func breaker() async throws {
        let clock = ManualClock()
        let dump = SampleDump().bytes
        try await withSource([{ _ in .reset }], clock: clock) { servers, source async throws in
            let schemas = try #require(source as? any SchemaSource)
            for _ in 0..<20 {
                await #expect(throws: SourceFailure.self) { try await schemas.schema("x", of: service) }
            }
            #expect(servers[0].requests.count == 5)
            clock.advance(by: .seconds(1))
            for _ in 0..<20 {
                await #expect(throws: SourceFailure.self) { try await schemas.schema("x", of: service) }
            }
            #expect(servers[0].requests.count == 6)
            servers[0].script = { _ in .respond(body: dump) }
            await #expect(throws: SourceFailure.self) { try await schemas.schema("x", of: service) }
            #expect(servers[0].requests.count == 6)
            _ = try await source.read()
            _ = try await schemas.schema("x", of: service)
            #expect(servers[0].requests.count == 8)
        }
    }

    @Test("is answered while a read of the same upstream hangs")
    func besideARead() async throws {
        let script: ScriptedServer.Script = { $0.path.hasSuffix("dump") ? .hang : .respond() }
        try await withSource([script], settings: "timeout: 600s", clock: ManualClock()) {
            servers, source async throws in
            let home = try #require(source as? any Home)
            let reading = Task { await failure(of: source) }
            #expect(await ScriptedServer.eventually { servers[0].requests.count == 1 })
            #expect(try await home.perform(write, for: caller).status == 200)
            reading.cancel()
            #expect(await reading.value == .cancelled)
        }
    }
}

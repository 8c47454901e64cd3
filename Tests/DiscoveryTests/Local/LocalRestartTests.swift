import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("A lease over a restart")
struct LocalRestartTests {
    /// What a run leaves behind that registered one instance and lived on for a while, and the next run over it.
    private func restarted(
        interval: Int, times: Int, livedOn: Int64, grace: Duration = .seconds(60), isNoted: Bool = true
    ) throws -> LocalState {
        var first = LocalState(LocalRegistry(settings: LocalSettings()))
        let service = try first.register(service: "a")
        let check = #""healthCheck":{"mode":"push","interval":\#(interval),"times":\#(times)}"#
        _ = try first.register(instanceOf: service, #""instanceId":"i","# + check)
        let left = first.takeChangedLeases(at: .seconds(livedOn))
        #expect(first.takeChangedLeases(at: .seconds(livedOn)).isEmpty)
        var outcome = LocalRegistry.Outcome()
        for holding in first.registry.holdings.values {
            outcome.delta.microservices.append(holding.microservice)
            outcome.delta.instances.append(contentsOf: holding.instances.values)
        }
        var kept = LocalStore.Kept(entries: outcome.entries)
        if isNoted { for (instance, left) in left { kept.leases[DumpKey.instance(instance)] = left } }
        var settings = LocalSettings()
        settings.grace = grace
        var second = LocalState(LocalRegistry(settings: settings))
        _ = try second.restore(kept, at: .seconds(1_000))
        return second
    }

    @Test("goes on from where it was")
    func left() throws {
        var state = try restarted(interval: 30, times: 3, livedOn: 40)
        #expect(state.expired(at: 1_079).isEmpty)
        #expect(state.expired(at: 1_080) == ["i"])
    }

    @Test("lasts at least the grace period, however little was left of it")
    func grace() throws {
        var state = try restarted(interval: 30, times: 3, livedOn: 119)
        #expect(state.expired(at: 1_059).isEmpty)
        #expect(state.expired(at: 1_060) == ["i"])
        var short = try restarted(interval: 30, times: 3, livedOn: 119, grace: .zero)
        #expect(short.expired(at: 1_001) == ["i"])
    }

    @Test("never lasts longer than its whole length, nor when nothing was noted of it")
    func length() throws {
        var state = try restarted(interval: 2, times: 1, livedOn: 3)
        #expect(state.expired(at: 1_003).isEmpty)
        #expect(state.expired(at: 1_004) == ["i"])
        var unknown = try restarted(interval: 30, times: 3, livedOn: 100, isNoted: false)
        #expect(unknown.expired(at: 1_119).isEmpty)
        #expect(unknown.expired(at: 1_120) == ["i"])
    }

    @Test("has its whole length again after a heartbeat")
    func heartbeat() throws {
        var state = try restarted(interval: 30, times: 3, livedOn: 119)
        let service = try #require(state.registry.holdings.keys.first)
        _ = try state.write(.heartbeat(service.id, InstanceID("i")), at: 1_010)
        #expect(state.expired(at: 1_129).isEmpty)
        #expect(state.expired(at: 1_130) == ["i"])
    }

    @Test("is noted on disk with what is left of it, for an instance that is there")
    func noted() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        func source() -> LocalSource {
            LocalSource(
                id: SourceID("home"), settings: LocalSettings(), path: directory.path + "/x.sqlite", clock: clock)
        }
        do {
            let first = source()
            _ = try await first.restore()
            let id = try await first.register("a")
            _ = try await first.perform(.registerInstance(id, body: Bodies.instance("i")), in: .default)
            _ = try await first.perform(.registerInstance(id, body: Bodies.instance("gone")), in: .default)
            clock.advance(by: .seconds(50))
            _ = try await first.read()
            _ = try await first.perform(.unregisterInstance(id, InstanceID("gone")), in: .default)
        }
        let store = try LocalStore(path: directory.path + "/x.sqlite")
        let leases = try await store.load().leases
        #expect(leases.values.sorted() == [.seconds(70)])
        #expect(leases.keys.allSatisfy { $0.hasSuffix("/i") })
    }
}

import Discovery
import Federation
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("What is held back", .timeLimit(.minutes(4))) struct QuarantineTests {
    private let north = SourceID("north")

    @Test("is shown, and stays in every find until an operator releases it")
    func released() async throws {
        try await withRegistry { live in
            live.federation.registry.apply(said(10), from: north)
            live.federation.registry.apply(gone(10), from: north)
            let shown = try await live.ask("GET", "/mainstem/v1/quarantine")
            let held = try #require(shown.json?["quarantine"]?.elements.first)
            #expect(held["source"]?.text == "north")
            #expect(held["reason"]?.text == "empty")
            #expect(held["instances"]?.number == 10)
            let sources = try await live.ask("GET", "/mainstem/v1/sources")
            #expect(sources.json?["sources"]?.elements.first?["quarantine"]?["reason"]?.text == "empty")
            #expect(sources.json?["sources"]?.elements.first?["standing"]?.text == "full")
            #expect(try await instances(live) == 10)
            let metrics = try await live.ask("GET", "/metrics").text
            #expect(metrics.contains("mainstem_source_quarantined_instances{source=\"north\"} 10\n"))
            let released = try await live.ask("DELETE", "/mainstem/v1/quarantine/north")
            #expect(released.text == "{\"releasedInstances\":10}")
            #expect(try await live.ask("GET", "/mainstem/v1/quarantine").text == "{\"quarantine\":[]}")
            #expect(live.federation.registry.view.tables.instanceCount == 0)
        }
    }

    @Test("by an operator is everything that the source withdraws")
    func operatorHolds() async throws {
        try await withRegistry { live in
            live.federation.registry.apply(said(10), from: north)
            #expect(try await live.ask("POST", "/mainstem/v1/quarantine/north").status == 200)
            live.federation.registry.apply(gone(1), from: north)
            let held = try await live.ask("GET", "/mainstem/v1/quarantine").json?["quarantine"]?.elements.first
            #expect(held?["heldByOperator"] == .bool(true))
            #expect(held?["reason"]?.text == "operator")
            #expect(try await instances(live) == 10)
            #expect(try await live.ask("DELETE", "/mainstem/v1/quarantine/north").status == 200)
            #expect(try await instances(live) == 9)
        }
    }

    @Test("of an unknown source is an error that names the known ones")
    func unknown() async throws {
        try await withRegistry { live in
            let refused = try await live.ask("POST", "/mainstem/v1/quarantine/nort")
            #expect(refused.status == 400)
            #expect(refused.text.contains("the path must name a source, and 'nort' is none; there are: north"))
        }
    }

    private func withRegistry(_ test: (LiveRegistry) async throws -> Void) async throws {
        let live = try await LiveRegistry.start([QuietSource()], policies: [north: SourcePolicy()])
        do {
            try await test(live)
        } catch {
            await live.stop()
            throw error
        }
        await live.stop()
    }

    private func instances(_ live: LiveRegistry) async throws -> Int? {
        let found = try await live.ask(
            "GET", "/v4/default/registry/instances?appId=shop&serviceName=cart&version=0.0.0%2B")
        return found.json?["instances"]?.elements.count
    }

    private func gone(_ count: Int) -> RegistryDelta {
        var delta = RegistryDelta()
        delta.evidence = .read(isRewound: false)
        delta.removedInstances = said(count).instances.map(\.ref)
        if count == 10 { delta.removedMicroservices = said(0).microservices.map(\.ref) }
        return delta
    }
}

/// A source that has nothing to say by itself.
private struct QuietSource: Source {
    let profile = SourceProfile(id: SourceID("north"), plugin: "quiet", endpoints: [], interval: .seconds(3_600))

    func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        SourceReading()
    }
}

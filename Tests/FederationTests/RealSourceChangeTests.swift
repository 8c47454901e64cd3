import Discovery
import Registry
import TestSupport
import Testing
import Topology

@testable import Federation

/// Sources that observe real upstreams come and go.
@Suite(.timeLimit(.minutes(4))) struct RealSourceChangeTests {
    private static func declare(_ regions: [(name: String, LiveRegistry)]) throws -> Topology {
        let sources = regions.map { name, region in
            "  - {name: \(name), plugin: servicecenter, settings: {endpoints: [\"\(region.url)\"], interval: 1h}}\n"
        }
        return try Topology.parse("sources:\n" + sources.joined(), file: "file.yaml")
    }

    private static func region() async throws -> LiveRegistry {
        let source = LocalSource(id: SourceID("local"), settings: LocalSettings(), clock: SystemTimekeeper())
        return try await LiveRegistry.start([source], home: source)
    }

    /// What a test must not keep alive.
    private struct Gone {
        weak let source: AnyObject?
        weak let runner: SourceRunner?
    }

    private func remains(of name: String, in service: FederationService) throws -> Gone {
        let runner = try #require(service.roster.runner(SourceID(name)))
        return Gone(source: runner.source as AnyObject, runner: runner)
    }

    @Test("one that is removed is let go of, and the one that stays is told by its watches as before")
    func removed() async throws {
        let (north, south) = (try await Self.region(), try await Self.region())
        let front = try await LiveRegistry.start(try Self.declare([("north", north), ("south", south)]))
        try await front.until("both are observed") { $0.sources.allSatisfy { $0.observation.mode == "observed" } }
        let gone = try remains(of: "south", in: front.federation)
        let runner = front.federation.roster.runner(SourceID("north"))
        let kept = try #require(runner?.source)
        let seat = FederationChange.Seat(kept, after: SourceID("north"), stays: true)
        _ = try await front.federation.apply(FederationChange(seats: [seat]))
        try await eventually("the source and its runner are gone") { gone.source == nil && gone.runner == nil }
        let client = RegistryClient("\(north.address)", front.client)
        _ = try await client.start("cart", of: try await client.register("cart"))
        try await front.until("its watch tells") { $0.tables.instanceCount == 1 }
        #expect(front.federation.roster.runner(SourceID("north")) === runner)
        for registry in [front, north, south] { await registry.stop() }
    }
}

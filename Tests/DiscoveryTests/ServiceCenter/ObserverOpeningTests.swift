import Discovery
import Registry
import ServiceCenterWire
import TestSupport
import Testing
import Topology

@testable import Discovery

/// Against an embedded registry. Unlike a service-center, that asks providers of other applications to allow it.
@Suite("An observer that is registered", .timeLimit(.minutes(2)))
struct ObserverOpeningTests {
    @Test("hears of what is in its environment, and of no other environment", arguments: ["", "production"])
    func environments(environment: String) async throws {
        let far = try await LiveRegistry.start(
            Topology.parse("home: far\nsources:\n  - name: far\n    plugin: local\n", file: "far"))
        let transfers = HTTPTransfers()
        let declaration = try declaration("up", endpoints: [far.url], settings: "")
        let client = ServiceCenterClient(
            try ServiceCenterSettings(declaration), Surroundings(transfers: transfers, clock: SystemTimekeeper()))
        let observer = ServiceCenterObserver(client: client, limit: 1, clock: SystemTimekeeper())
        let part = ObservedPart.environment(environment, of: .default)
        // A second aggregator does the same.
        let connections = [try await observer.open(part, at: 0), try await observer.open(part, at: 0)]
        let registry = RegistryClient("\(far.address)", far.client)
        for other in ["", "testing", "production"] {
            let body = """
                {"service":{"appId":"shop","serviceName":"web\(other)","version":"1","environment":"\(other)",
                "properties":{"allowCrossApp":"true"}}}
                """
            let answer = try await registry.ask("POST", "/v4/default/registry/microservices", body: body)
            _ = try await registry.start("host-\(other)", of: answer.json?["serviceId"]?.text ?? "")
        }
        for connection in connections {
            let first = try await Self.first(of: connection)
            guard case .says(let instance, _, let value, _, let origin) = first else {
                Issue.record("an instance, but \(first)")
                continue
            }
            #expect(instance.service.tenant == .default)
            let text = String(decoding: value, as: UTF8.self)
            #expect(text.contains("\"hostName\":\"host-\(environment)\"") && !text.contains("cluster"))
            #expect(origin == "far")
        }
        transfers.shutdown()
        await far.stop()
    }

    private struct Enough: Error {}

    /// What the first frame tells.
    private static func first(of connection: WebSocketConnection) async throws -> UpstreamEvent {
        var event: UpstreamEvent?
        do {
            try await connection.read { text in
                event = try UpstreamEvent.read(text, in: .default).event
                throw Enough()
            }
        } catch is Enough {}
        return try #require(event)
    }
}

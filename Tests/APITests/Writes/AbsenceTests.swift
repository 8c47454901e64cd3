import Foundation
import TestSupport
import Testing
import Topology

@Suite("A home that is away")
struct AbsenceTests {
    private static func front(over home: LiveRegistry, absorb: String) async throws -> LiveRegistry {
        try await LiveRegistry.start(
            Topology.parse(
                """
                home: home
                sources:
                  - name: home
                    plugin: servicecenter
                    settings:
                      endpoints: ["http://\(home.address)"]
                      interval: 1h
                      absorb: \(absorb)
                """, file: "front"))
    }

    private static func beat(_ client: RegistryClient, _ service: String, _ instance: String) async throws
        -> LiveRegistry.Answer
    {
        try await client.ask(
            "PUT", "/v4/default/registry/microservices/\(service)/instances/\(instance)/heartbeat")
    }

    @Test("for a short while does not let known instances register anew; unknown ones are told the truth")
    func absorbed() async throws {
        let home = try await Upstreams.embedded("home")
        let front = try await AbsenceTests.front(over: home, absorb: "1h")
        let client = RegistryClient("\(front.address)", front.client)
        let service = try await client.register("cart")
        let instance = try await client.start("one", of: service)
        await home.stop()
        for _ in 0..<3 { #expect(try await AbsenceTests.beat(client, service, instance).status == 200) }
        let set = #"{"instances":[{"serviceId":"\#(service)","instanceId":"\#(instance)"}]}"#
        #expect(try await client.ask("PUT", "/v4/default/registry/heartbeats", body: set).status == 200)
        for _ in 0..<2 {
            // Side by side, so that one of them asks and the others are answered at once.
            async let known = AbsenceTests.beat(client, service, instance)
            async let stranger = AbsenceTests.beat(client, service, "nobody")
            #expect(try await known.status == 200)
            #expect(try await stranger.status == 500)
        }
        let unknown = try await AbsenceTests.beat(client, service, "nobody")
        #expect(unknown.status == 500)
        #expect(unknown.json?["errorCode"] == .string("500011"))
        // What would change something is not promised.
        let path = "/v4/default/registry/microservices/\(service)/instances/\(instance)"
        #expect(try await client.ask("PUT", path + "/status?value=DOWN").status == 500)
        #expect(try await client.hosts(of: "cart") == ["one"])
        let metrics = try await client.ask("GET", "/metrics").text
        #expect(metrics.contains(#"mainstem_source_absorbed_heartbeats_total{source="home"} 6"#))
        await front.stop()
    }

    @Test("for longer than declared is told honestly")
    func honest() async throws {
        let home = try await Upstreams.embedded("home")
        let front = try await AbsenceTests.front(over: home, absorb: "0s")
        let client = RegistryClient("\(front.address)", front.client)
        let service = try await client.register("cart")
        let instance = try await client.start("one", of: service)
        #expect(try await AbsenceTests.beat(client, service, instance).status == 200)
        await home.stop()
        let answer = try await AbsenceTests.beat(client, service, instance)
        #expect(answer.status == 500)
        #expect(answer.json?["errorCode"] == .string("500011"))
        await front.stop()
    }

    @Test("and comes back without an instance says so at once")
    func back() async throws {
        let home = try await Upstreams.embedded("home")
        let front = try await AbsenceTests.front(over: home, absorb: "1h")
        let client = RegistryClient("\(front.address)", front.client)
        let service = try await client.register("cart")
        let instance = try await client.start("one", of: service)
        let atHome = RegistryClient("\(home.address)", home.client)
        try await atHome.stop(instance, of: service)
        let answer = try await AbsenceTests.beat(client, service, instance)
        #expect(answer.status == 400)
        #expect(answer.json?["errorCode"] == .string("400017"))
        await front.stop()
        await home.stop()
    }
}

import TestSupport
import Topology

/// A Mainstem with a home of either kind and a second datacenter, `south`, as clients meet it.
struct ClientWorld {
    /// Where registrations go.
    enum Home: CaseIterable { case embedded, forwarded }

    let front: LiveRegistry
    private let behind: [LiveRegistry]
    let south: RegistryClient
    var client: RegistryClient { RegistryClient("\(front.address)", front.client) }
    var address: String { "\(front.address)" }

    /// `orders` runs in the south, with two instances.
    init(_ home: Home) async throws {
        let south = try await Upstreams.embedded("south")
        self.south = RegistryClient("\(south.address)", south.client)
        let orders = try await self.south.register("orders")
        for host in ["orders-1", "orders-2"] { _ = try await self.south.start(host, of: orders) }
        var behind = [south]
        var declaration = "{name: north, plugin: local}"
        if home == .forwarded {
            let north = try await Upstreams.embedded("north")
            behind.append(north)
            let settings = #"{endpoints: ["http://\#(north.address)"], interval: 1h}"#
            declaration = "{name: north, plugin: servicecenter, settings: \(settings)}"
        }
        front = try await LiveRegistry.start(
            Topology.parse(
                """
                home: north
                sources:
                  - \(declaration)
                  - name: south
                    plugin: servicecenter
                    settings: {endpoints: ["http://\(south.address)"], interval: 100ms}
                """, file: "front"))
        self.behind = behind
    }

    /// The second datacenter goes away.
    func loseSouth() async { await behind[0].stop() }

    func end() async {
        await front.stop()
        for registry in behind { await registry.stop() }
    }

    /// Asks as a client does whose requests all have these headers.
    func ask(
        _ method: String, _ path: String, as headers: [String: String], _ more: [String: String] = [:],
        body: String? = nil
    ) async throws -> LiveRegistry.Answer {
        try await client.ask(method, path, headers: headers.merging(more) { $1 }, body: body)
    }
}

extension LiveRegistry.Answer {
    /// The host names in `{"instances":[…]}`, sorted.
    var hosts: [String] { (json?["instances"]?.elements ?? []).compactMap { $0["hostName"]?.text }.sorted() }
}

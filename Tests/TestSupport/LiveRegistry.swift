package import API
package import Discovery
package import Federation
import Logging
package import Registry
import ServiceCenterWire
import Synchronization
package import Topology

/// A whole registry inside the test's process: real sources, real sockets on both sides.
package final class LiveRegistry: Sendable {
    package let federation: FederationService
    package let services: Services
    package let address: HTTPServer.Address
    package let client = HTTPTransfers()
    private let transfers: HTTPTransfers
    private let tasks: [Task<Void, any Error>]

    /// What came back.
    package struct Answer: Sendable {
        package let status: Int
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }
        package var json: JSONValue? { JSONValue(parsing: body) }
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// Serves a topology on a free port; returns once connections are accepted and every source has spoken or failed.
    package static func start(_ topology: Topology, limits: APILimits = .forTests) async throws -> LiveRegistry {
        let transfers = HTTPTransfers()
        let surroundings = Surroundings(transfers: transfers, clock: SystemTimekeeper())
        let sources = try PluginTable.builtin.makeSources(topology, surroundings)
        let home = sources.first { $0.profile.id.name == topology.home } as? any Home
        return try await start(
            sources, merging: MergePolicies(topology.merge), home: home, transfers: transfers, limits: limits)
    }

    /// The same over sources that exist already.
    package static func start(
        _ sources: [any Source], policies: [SourceID: SourcePolicy] = [:],
        merging: MergePolicies = MergePolicies(), home: (any Home)? = nil,
        transfers: HTTPTransfers = HTTPTransfers(),
        limits: APILimits = .forTests, logCapacity: Int = 1 << 16
    ) async throws -> LiveRegistry {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let federation = FederationService(
            sources: sources, policies: policies, merging: merging, home: home,
            epoch: UInt64.random(in: 1...(.max)), logCapacity: logCapacity, clock: SystemTimekeeper(),
            unite: Instance.united, mark: Instance.marked, logger: logger)
        try await federation.restore()
        let (addresses, found) = AsyncStream.makeStream(of: HTTPServer.Address.self)
        let server = HTTPServer(
            federation: federation,
            doors: Doors(Doors.Addresses(clients: HTTPServer.Address(host: "127.0.0.1", port: 0))) { found.yield($0) },
            limits: LimitsInForce(limits), threads: 2, logger: logger)
        let tasks = [
            Task<Void, any Error> { await federation.run() },
            Task<Void, any Error> { try await server.run() },
        ]
        guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
        let registry = LiveRegistry(federation, server.services, address, transfers, tasks)
        try await registry.until("every source has spoken or failed") { $0.isReady }
        return registry
    }

    private init(
        _ federation: FederationService, _ services: Services, _ address: HTTPServer.Address,
        _ transfers: HTTPTransfers, _ tasks: [Task<Void, any Error>]
    ) {
        self.federation = federation
        self.services = services
        self.address = address
        self.transfers = transfers
        self.tasks = tasks
    }

    package var url: String { "http://\(address)" }

    /// Asks it over a real connection.
    package func ask(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        let request = TransferRequest(
            TransferRequest.Method(rawValue: method) ?? .get, url: url + path,
            headers: headers.map { (name: $0.key, value: $0.value) }, body: body, timeout: .seconds(120))
        let response = try await client.start(request)
        let answer = try await response.collect()
        return Answer(status: response.status, headers: response.headers, body: answer)
    }

    /// Waits until a view fits; fails after a while, with what was waited for.
    package func until(_ what: String, _ fits: @Sendable (RegistryView) -> Bool) async throws {
        let (woken, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listening = federation.registry.listen { wake.yield() }
        defer { listening.end() }
        let ticker = Task {
            // A status changes without an event: look at it from time to time too.
            for _ in 0..<2_400 {
                try await Task.sleep(for: .milliseconds(50))
                wake.yield()
            }
            wake.finish()
        }
        defer { ticker.cancel() }
        if fits(federation.registry.view) { return }
        for await _ in woken where fits(federation.registry.view) { return }
        throw NeverHappened(what: what)
    }

    /// Ends it; returns when its sockets are closed.
    package func stop() async {
        for task in tasks.reversed() {
            task.cancel()
            _ = await task.result
        }
        client.shutdown()
        transfers.shutdown()
    }
}

/// A state that was waited for did not come.
package struct NeverHappened: Error, CustomStringConvertible {
    package let what: String
    package init(what: String) { self.what = what }
    package var description: String { "never happened: \(what)" }
}

extension APILimits {
    /// Service-center's own.
    package static let forTests = APILimits(
        connections: 20_000, watchers: 10_000, bodyBytes: 2 << 20, headerBytes: 32 << 10)
}

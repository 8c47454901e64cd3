import Discovery
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Federation

/// An embedded registry whose withdrawals an operator holds, while it is restarted and replaced.
@Suite(.timeLimit(.minutes(2))) struct HeldLocalSourceTests {
    private let world: ChangingFederation

    init() throws { world = try ChangingFederation() }

    @Test func `What an operator holds of it is held after a restart, until he releases it`() async throws {
        try await run { service, home in
            let cart = try await register(at: home)
            try await start("lasting", of: cart, at: home)
            try await start("brief", of: cart, lease: 1, at: home)
            service.hold(SourceID("home"))
            try await world.until("the lease of one has ended") { $0.status("home")?.quarantine?.instances == 1 }
            // Kept though it was said when it was held already.
            try await start("late", of: cart, at: home)
        }
        try await run { service, _ in
            #expect(service.registry.view.status("home")?.isHeldByOperator == true)
            #expect(service.registry.view.status("home")?.quarantine?.instances == 1)
            #expect(service.registry.view.cartInstances == ["brief", "lasting", "late"])
        }
        try await run { service, _ in
            #expect(service.registry.view.cartInstances == ["brief", "lasting", "late"])
            #expect(service.release(SourceID("home")) == 1)
            #expect(service.registry.view.cartInstances == ["lasting", "late"])
        }
        try await run { service, _ in
            #expect(service.registry.view.status("home")?.isHeldByOperator == false)
            #expect(service.registry.view.cartInstances == ["lasting", "late"])
        }
    }

    @Test(arguments: ["home", "other"])
    func `It is held where another one has taken its place, and after the next restart`(name: String) async throws {
        try await run { service, home in
            let cart = try await register(at: home)
            try await start("lasting", of: cart, at: home)
            service.hold(SourceID("home"))
            let next = local(name)
            _ = try await service.apply(
                FederationChange(seats: [FederationChange.Seat(next, after: SourceID("home"))], home: SourceID(name)))
            try await start("brief", of: cart, lease: 1, at: next)
            try await world.until("its lease has ended") { $0.status(name)?.quarantine?.instances == 1 }
            await next.end()
        }
        try await run(name) { service, _ in
            #expect(service.registry.view.status(name)?.isHeldByOperator == true)
            #expect(service.registry.view.cartInstances == ["brief", "lasting"])
        }
    }

    /// One run of the process, from its start to its end.
    private func run(
        _ name: String = "home", _ test: (FederationService, LocalSource) async throws -> Void
    ) async throws {
        let home = local(name)
        try await world.run([home], home: home) { service, _ in try await test(service, home) }
        await home.end()
    }

    private func local(_ name: String) -> LocalSource {
        LocalSource(
            id: SourceID(name), settings: LocalSettings(), path: "\(world.directory.path)/local-\(name).sqlite",
            clock: world.time)
    }

    private func register(at home: LocalSource) async throws -> ServiceID {
        let body = #"{"service":{"appId":"shop","serviceName":"cart","version":"1.0"}}"#
        let answer = try await home.perform(.registerMicroservice(body: Array(body.utf8)), in: .default)
        return ServiceID(try #require(answer.member("serviceId")))
    }

    private func start(_ id: String, of cart: ServiceID, lease: Int = 3_600, at home: LocalSource) async throws {
        let check = #""healthCheck":{"mode":"push","interval":\#(lease),"times":0}"#
        let body = #"{"instance":{"instanceId":"\#(id)","hostName":"h",\#(check)}}"#
        _ = try await home.perform(.registerInstance(cart, body: Array(body.utf8)), in: .default)
        try await world.until("\(id) is visible") { $0.cartInstances.contains(id) }
    }
}

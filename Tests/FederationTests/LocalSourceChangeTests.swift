import Discovery
import Foundation
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Federation

/// An embedded registry whose place is taken by another one: nothing that was registered is lost.
@Suite(.timeLimit(.minutes(2))) struct LocalSourceChangeTests {
    private func local(_ name: String, in world: ChangingFederation, isKept: Bool, path: String? = nil) -> LocalSource {
        LocalSource(
            id: SourceID(name), settings: LocalSettings(),
            path: isKept ? path ?? "\(world.directory.path)/local-\(name).sqlite" : nil, clock: world.time)
    }

    /// Registers a microservice with one instance, and gives both IDs.
    private func register(at home: any Home) async throws -> (ServiceID, InstanceID) {
        let body = #"{"service":{"appId":"shop","serviceName":"cart","version":"1.0"}}"#
        let service = ServiceID(
            try #require(
                try await home.perform(.registerMicroservice(body: Array(body.utf8)), in: .default)
                    .member("serviceId")))
        let instance = #"{"instance":{"hostName":"h","endpoints":["rest://h:80"]}}"#
        let answer = try await home.perform(.registerInstance(service, body: Array(instance.utf8)), in: .default)
        let rules = #"{"dependencies":[{"consumer":{"appId":"shop","serviceName":"cart","version":"1.0"},"#
        let declared = rules + #""providers":[{"serviceName":"stock","version":"0+"}]}]}"#
        _ = try await home.perform(.declareDependencies(body: Array(declared.utf8), isWhole: true), in: .default)
        _ = try await home.perform(.addTags(service, body: Array(#"{"tags":{"a":"b"}}"#.utf8)), in: .default)
        return (service, InstanceID(try #require(answer.member("instanceId"))))
    }

    @Test(arguments: [false, true], ["home", "other"])
    func `Whoever takes its place goes on where it has ended`(isKept: Bool, name: String) async throws {
        let world = try ChangingFederation()
        let home = local("home", in: world, isKept: isKept)
        try await world.run([home], home: home) { service, _ in
            let (cart, instance) = try await register(at: home)
            try await world.until("it is visible") { $0.cartInstances == [instance.text] }
            let before = service.registry.view
            let next = local(name, in: world, isKept: isKept)
            let halted = try await service.apply(
                FederationChange(seats: [FederationChange.Seat(next, after: SourceID("home"))], home: SourceID(name)))
            #expect(halted.isEmpty && world.events(after: before.revision) == [])
            #expect(service.home?.profile.id == SourceID(name))
            try await world.until("it is read") { $0.status(name)?.state == .synced }
            #expect(world.events(after: before.revision) == [])
            let merged = try #require(service.registry.view.tables.microservice(Said.cart))
            #expect(merged.tags == ["a": "b"] && merged.canonicalID == cart)
            #expect(service.registry.view.tables.providers(of: Said.cart).map(\.name.name) == ["stock"])
            // The lease goes on there, and nobody writes at the one that has ended.
            _ = try await next.perform(.heartbeat(cart, instance), in: .default)
            for write in [.heartbeat(cart, instance), .unregisterInstance(cart, instance)] as [RegistryWrite] {
                await #expect(throws: ServiceCenterError.self) { _ = try await home.perform(write, in: .default) }
            }
            _ = try await next.perform(.unregisterInstance(cart, instance), in: .default)
            #expect(world.events(after: before.revision) == ["delete \(instance)"])
            #expect(world.files.contains("local-\(name).sqlite") == isKept)
            if name != "home" { #expect(!world.files.contains("local-home.sqlite")) }
        }
    }

    @Test(arguments: [false, true])
    func `No write that was acknowledged is lost while one takes the other's place`(isKept: Bool) async throws {
        let world = try ChangingFederation()
        let home = local("home", in: world, isKept: isKept)
        try await world.run([home], home: home) { service, _ in
            let (cart, first) = try await register(at: home)
            let writers = (0..<4).map { writer in
                Task {
                    var acknowledged: Set<String> = [first.text]
                    var number = 0
                    // To the last change and beyond it: there, at the latest, something is acknowledged.
                    while !Task.isCancelled || acknowledged.count < 10 {
                        number += 1
                        let id = "i-\(writer)-\(number)"
                        let body =
                            #"{"instance":{"instanceId":"\#(id)","hostName":"h","endpoints":["rest://\#(id):80"]}}"#
                        let answer = try? await service.home?.perform(
                            .registerInstance(cart, body: Array(body.utf8)), in: .default)
                        if answer?.status == 200 { acknowledged.insert(id) }
                        try? await Task.sleep(for: .milliseconds(1))
                    }
                    return acknowledged
                }
            }
            for _ in 0..<10 {
                let next = FederationChange.Seat(local("home", in: world, isKept: isKept), after: SourceID("home"))
                let halted = try await service.apply(FederationChange(seats: [next], home: SourceID("home")))
                #expect(halted.isEmpty)
            }
            for writer in writers { writer.cancel() }
            var acknowledged: Set<String> = []
            for writer in writers { acknowledged.formUnion(await writer.value) }
            try await world.until("everything is visible") { acknowledged.isSubset(of: $0.cartInstances) }
            let changes = world.events(after: Revision(epoch: 7, sequence: 0)).filter { $0.hasPrefix("delete") }
            #expect(changes == [])
        }
    }

    @Test func `A name whose file another registry has left behind is refused, and nothing is changed`() async throws {
        let world = try ChangingFederation()
        let home = local("home", in: world, isKept: true)
        try Data().write(to: URL(filePath: "\(world.directory.path)/local-other.sqlite"))
        try await world.run([home], home: home) { service, _ in
            let (_, instance) = try await register(at: home)
            let next = FederationChange.Seat(local("other", in: world, isKept: true), after: SourceID("home"))
            let failure = await #expect(throws: StateFailure.self) {
                _ = try await service.apply(FederationChange(seats: [next], home: SourceID("other")))
            }
            #expect(failure?.problem.contains("is there already") == true)
            try await world.until("it is visible") { $0.cartInstances == [instance.text] }
            #expect(service.home?.profile.id == SourceID("home"))
            _ = try await register(at: home)
        }
    }

    @Test func `One that cannot go on stands still with what was said, until the next change`() async throws {
        let world = try ChangingFederation()
        let home = local("home", in: world, isKept: true)
        try await world.run([home], home: home) { service, _ in
            let (cart, instance) = try await register(at: home)
            try await world.until("it is visible") { $0.cartInstances == [instance.text] }
            let before = service.registry.view.revision
            let broken = local("home", in: world, isKept: true, path: "/dev/null/local.sqlite")
            func change(to source: any Source, stays: Bool = false) -> FederationChange {
                FederationChange(
                    seats: [FederationChange.Seat(source, after: SourceID("home"), stays: stays)],
                    home: SourceID("home"))
            }
            let halted = try await service.apply(change(to: broken))
            #expect(Array(halted.keys) == [SourceID("home")])
            #expect(service.registry.view.cartInstances == [instance.text])
            await #expect(throws: ServiceCenterError.self) { _ = try await register(at: broken) }
            // Nothing of its declaration differs any more.
            let again = local("home", in: world, isKept: true)
            #expect(try await service.apply(change(to: again, stays: true)).isEmpty)
            #expect(world.events(after: before) == [])
            _ = try await again.perform(.heartbeat(cart, instance), in: .default)
        }
    }
}

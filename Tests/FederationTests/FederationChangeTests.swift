import Discovery
import Foundation
import Registry
import TestSupport
import Testing

@testable import Federation

/// A federation that becomes another one while it runs.
@Suite(.timeLimit(.minutes(2))) struct FederationChangeTests {
    private typealias Seat = FederationChange.Seat

    @Test func `A removed source's instances leave with exact DELETEs, and nothing else happens`() async throws {
        let world = try ChangingFederation()
        let north = ScriptedSource("north", [.says(Said.cart("i1", "i2"))])
        let south = ScriptedSource("south", [.says(Said.cart("i2", "i3"))])
        try await world.run([north, south]) { service, _ in
            try await world.until("both have spoken") { $0.cartInstances == ["i1", "i2", "i3"] }
            try await eventually("they are kept") {
                world.files.isSuperset(of: ["source-north.sqlite", "source-south.sqlite"])
            }
            let tell = await north.teller()
            let before = service.registry.view
            _ = try await service.apply(FederationChange(seats: [Seat(north, after: SourceID("north"), stays: true)]))
            #expect(world.events(after: before.revision) == ["delete i3"])
            #expect(world.causes(after: before.revision) == [.retired])
            #expect(service.registry.view.sources.map(\.source.name) == ["north"])
            #expect(!south.isFollowed)
            #expect(!world.files.contains("source-south.sqlite") && world.files.contains("source-north.sqlite"))
            #expect(service.counters.snapshot[SourceID("south")] == nil)
            #expect(world.log.logged.contains("info: source is retired"))
            // Who stays is not touched: it is followed by whom it was, and its status is as old as it was.
            #expect(north.isFollowed)
            tell(.delta(Said.instances("i4")))
            #expect(service.registry.view.cartInstances == ["i1", "i2", "i4"])
            #expect(service.registry.view.status("north")?.since == before.status("north")?.since)
        }
    }

    @Test func `A renamed source keeps its instances: nobody hears of it, and the new name says whose they are`()
        async throws
    {
        let world = try ChangingFederation()
        let old = ScriptedSource("old", [.says(Said.cart("i1", "i2"), as: "up")])
        try await world.run([old]) { service, _ in
            try await world.until("it has spoken") { $0.status("old")?.state == .synced }
            try await eventually("it is kept") { world.files.contains("source-old.sqlite") }
            let before = service.registry.view.revision
            let new = ScriptedSource("new", [.says(Said.cart("i1", "i2")), .says(Said.gone("i1"))])
            _ = try await service.apply(FederationChange(seats: [Seat(new, after: SourceID("old"))]))
            let status = service.registry.view.status("new")
            #expect(status?.upstreamName == "up" && status?.counts.visibleInstances == 2)
            #expect(service.registry.view.tables.microservice(Said.cart)?.source == SourceID("new"))
            #expect(!world.files.contains("source-old.sqlite") && world.files.contains("source-new.sqlite"))
            try await world.until("the new one has spoken") { $0.status("new")?.state == .synced }
            #expect(world.events(after: before) == [])
            #expect(await service.refresh(SourceID("new")))
            #expect(world.events(after: before) == ["delete i1"])
        }
    }

    @Test func `Sources that swap their names keep their instances and their files, and nobody hears of it`()
        async throws
    {
        let world = try ChangingFederation()
        let north = ScriptedSource("north", [.says(Said.cart("i1", "i2"), as: "n")])
        let south = ScriptedSource("south", [.says(Said.cart("i3"), as: "s")])
        try await world.run([north, south]) { service, _ in
            try await world.until("both have spoken") { $0.cartInstances == ["i1", "i2", "i3"] && $0.isReady }
            let kept: Set = ["source-north.sqlite", "source-south.sqlite"]
            try await eventually("they are kept") { world.files.isSuperset(of: kept) }
            service.registry.hold(SourceID("north"))
            let before = service.registry.view.revision
            let seats = [
                Seat(ScriptedSource("south", [.says(Said.cart("i1", "i2"))]), after: SourceID("north")),
                Seat(ScriptedSource("north", [.says(Said.cart("i3"))]), after: SourceID("south")),
            ]
            #expect(try await service.apply(FederationChange(seats: seats)).isEmpty)
            let view = service.registry.view
            #expect(view.sources.map(\.source.name) == ["south", "north"])
            #expect(view.status("south")?.upstreamName == "n" && view.status("north")?.upstreamName == "s")
            #expect(view.status("south")?.counts.visibleInstances == 2)
            #expect(view.status("south")?.isHeldByOperator == true && view.status("north")?.isHeldByOperator == false)
            #expect(view.tables.microservice(Said.cart)?.source == SourceID("south"))
            try await world.until("both have spoken") { $0.sources.allSatisfy { $0.state == .synced } }
            #expect(world.events(after: before) == [])
            #expect(world.files.filter { $0.hasPrefix("source-") && $0.hasSuffix(".sqlite") } == kept)
        }
        let copy = world.directory.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        for file in world.files where file.hasPrefix("source-") {
            try FileManager.default.copyItem(atPath: "\(world.directory.path)/\(file)", toPath: "\(copy)/\(file)")
        }
        let restarted = StateDirectory(copy)
        for (name, count) in [("north", 1), ("south", 2)] {
            let source = ScriptedSource(name, [])
            #expect(try await restarted.snapshots(of: source.profile).load().delta.instances.count == count)
        }
    }

    @Test func `A replaced source's instances stay until the new one has spoken, then exactly the rest leaves`()
        async throws
    {
        let world = try ChangingFederation()
        var said = Said.cart("i1", "i2")
        said.instances += Said.orphan("o1").instances
        let first = ScriptedSource("a", [.says(said)])
        try await world.run([first], isTimePassing: false) { service, _ in
            try await world.until("it has spoken") { $0.status("a")?.state == .synced }
            let tell = await first.teller()
            let before = service.registry.view.revision
            let second = ScriptedSource("a", [.fails(.unreachable("away")), .says(Said.cart("i2"))])
            _ = try await service.apply(FederationChange(seats: [Seat(second, after: SourceID("a"))]))
            try await world.until("it was tried") { $0.status("a")?.state == .stale }
            #expect(service.registry.view.status("a")?.isRestored == true)
            #expect(service.registry.view.cartInstances == ["i1", "i2"])
            // Who has ended is heard no more.
            tell(.delta(Said.instances("i9")))
            #expect(world.events(after: before) == [])
            #expect(await service.refresh(SourceID("a")))
            #expect(world.events(after: before) == ["delete i1"])
            #expect(service.registry.view.status("a")?.counts.orphans == 0)
            #expect(service.registry.view.status("a")?.isRestored == false)
        }
    }

    @Test func `Order, policies and the home change together, and only what is visible is told`() async throws {
        let world = try ChangingFederation()
        let north = ScriptedSource("north", [.says(Said.cart("i1"))])
        let south = ScriptedSource("south", [.says(Said.cart("i1", "i2"))])
        try await world.run([north, south]) { service, _ in
            try await world.until("both have spoken") { $0.cartInstances == ["i1", "i2"] && $0.isReady }
            let before = service.registry.view.revision
            let seats = [south, north].map { Seat($0, after: $0.profile.id, stays: true) }
            _ = try await service.apply(FederationChange(seats: seats, merging: MergePolicies(.union)))
            #expect(world.events(after: before) == ["update i1"])
            #expect(world.causes(after: before) == [.reordered])
            #expect(service.registry.view.sources.map(\.source.name) == ["south", "north"])
            #expect(service.merging == MergePolicies(.union))
            let after = service.registry.view.revision
            _ = try await service.apply(FederationChange(seats: seats, merging: MergePolicies(.union)))
            #expect(service.registry.view.revision == after)
        }
    }

    @Test func `An added source is read, and one that cannot open what it keeps changes nothing`() async throws {
        let world = try ChangingFederation()
        let north = ScriptedSource("north", [.says(Said.cart("i1"))])
        try await world.run([north]) { service, _ in
            try await world.until("it has spoken") { $0.cartInstances == ["i1"] }
            let north = Seat(north, after: SourceID("north"), stays: true)
            let broken = LocalSource(
                id: SourceID("home"), settings: LocalSettings(), path: "/dev/null/home.sqlite", clock: world.time)
            await #expect(throws: StateFailure.self) {
                _ = try await service.apply(FederationChange(seats: [Seat(broken)]))
            }
            #expect(service.registry.view.sources.map(\.source.name) == ["north"])
            #expect(service.registry.view.cartInstances == ["i1"])
            let south = ScriptedSource("south", [.says(Said.cart("i2"))])
            _ = try await service.apply(FederationChange(seats: [Seat(south), north]))
            try await world.until("it has spoken") { $0.cartInstances == ["i1", "i2"] }
            #expect(service.registry.view.sources.map(\.source.name) == ["south", "north"])
        }
    }

    @Test func `A source that is gone leaves nothing in memory`() async throws {
        let world = try ChangingFederation()
        try await world.run([]) { service, _ in
            let added = try await added(to: service)
            try await world.until("it has spoken") { $0.cartInstances == ["i1"] }
            #expect(added.source != nil && added.runner != nil)
            _ = try await service.apply(FederationChange(seats: []))
            try await eventually("source and runner are gone") { added.source == nil && added.runner == nil }
        }
    }

    /// What a test must not keep alive.
    private struct Added {
        weak let source: ScriptedSource?
        weak let runner: SourceRunner?
    }

    private func added(to service: FederationService) async throws -> Added {
        let source = ScriptedSource("a", [.says(Said.cart("i1"))])
        _ = try await service.apply(FederationChange(seats: [Seat(source)]))
        return Added(source: source, runner: service.roster.runner(SourceID("a")))
    }

    @Test func `Files of sources that are declared no more are removed at the start`() async throws {
        let world = try ChangingFederation()
        for name in ["source-gone.sqlite", "source-gone.sqlite-wal", "local-gone.sqlite", "other.txt"] {
            try Data().write(to: URL(filePath: "\(world.directory.path)/\(name)"))
        }
        try await world.run([ScriptedSource("a", [.says(Said.cart("i1"))])]) { _, _ in
            #expect(world.files.isDisjoint(with: ["source-gone.sqlite", "source-gone.sqlite-wal"]))
            #expect(world.files.isSuperset(of: ["source-a.sqlite", "local-gone.sqlite", "other.txt"]))
        }
    }
}

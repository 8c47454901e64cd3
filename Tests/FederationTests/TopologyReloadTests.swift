import Discovery
import Federation
import Locks
import Registry
import TestSupport
import Testing
import Topology

/// Another topology, applied to a federation that runs.
@Suite(.timeLimit(.minutes(2))) struct TopologyReloadTests {
    /// A file, and what is made of it.
    private final class Desk: Sendable {
        let world: ChangingFederation
        private let text = Mutex("")
        private let made = Mutex<[String: [ScriptedSource]]>([:])
        private let takenOver = Mutex<[ServerDeclaration]>([])

        init(_ text: String) throws {
            world = try ChangingFederation()
            write(text)
        }

        func write(_ text: String) { self.text.withLock { $0 = text } }

        @Sendable func read() throws -> Topology { try Topology.parse(text.withLock { $0 }, file: "file.yaml") }

        /// A source that says one instance, of its own name.
        @Sendable func make(_ topology: Topology) throws -> [any Source] {
            try topology.sources.map { declaration in
                guard declaration.plugin == "scripted" else {
                    throw TopologyError(file: declaration.file, line: declaration.line, problem: "unknown plugin")
                }
                let name = declaration.name.rawValue
                let source = ScriptedSource(name, [.says(Said.cart("of-\(name)"))])
                made.withLock { $0[name, default: []].append(source) }
                return source
            }
        }

        /// What was said of the server by the reloads.
        var servers: [ServerDeclaration] { takenOver.withLock { $0 } }

        /// Why nothing can be made ready, if so.
        let obstacle = Mutex<String?>(nil)
        let givenUp = Mutex(0)

        @Sendable func ready(_ server: ServerDeclaration) throws -> TopologyReload.Readied {
            if let problem = obstacle.withLock(\.self) {
                throw TopologyError(file: "file.yaml", line: nil, problem: problem)
            }
            return TopologyReload.Readied {
                self.takenOver.withLock { $0.append(server) }
            } giveUp: {
                self.givenUp.withLock { $0 += 1 }
            }
        }

        /// Whether the first source that was made of this name is the one that is followed.
        func runsFirst(_ name: String) -> Bool { made.withLock { $0[name]?.first?.isFollowed ?? false } }

        func run(_ test: (TopologyReload, FederationService) async throws -> Void) async throws {
            let topology = try read()
            let sources = try make(topology)
            try await world.run(sources, policies: .init(topology)) { service, _ in
                try await world.until("all have spoken") { $0.sources.allSatisfy { $0.state == .synced } }
                let reload = TopologyReload(
                    service, running: topology, read: read, makeSources: make, ready: ready,
                    logger: world.log.logger)
                try await withThrowingTaskGroup { group in
                    group.addTask { await reload.run() }
                    try await test(reload, service)
                    group.cancelAll()
                }
                await #expect(throws: TopologyReload.Refusal.self) { try await reload.reload() }
            }
        }
    }

    private static let two = """
        sources:
          - {name: north, plugin: scripted, settings: {at: 1}}
          - {name: south, plugin: scripted, settings: {at: 2}}
        """

    @Test func `Only what is declared otherwise is touched`() async throws {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            let before = service.registry.view.revision
            desk.write(
                """
                merge: {policy: newest}
                sources:
                  - {name: west, plugin: scripted, settings: {at: 3}}
                  - {name: north, plugin: scripted, settings: {at: 1}, quarantine: {enabled: false}}
                """)
            let change = try await reload.reload()
            #expect(change.added.map(\.rawValue) == ["west"] && change.removed.map(\.rawValue) == ["south"])
            try await desk.world.until("west has spoken") { $0.cartInstances == ["of-north", "of-west"] }
            #expect(desk.world.events(after: before) == ["delete of-south", "create of-west"])
            #expect(desk.runsFirst("north"))
            #expect(service.merging == MergePolicies(.newest))
            let again = try await reload.reload()
            #expect(again.isEmpty)
            #expect(desk.runsFirst("north"))
        }
        #expect(desk.world.log.logged.contains("info: the topology is applied"))
        #expect(desk.world.log.logged.contains("info: the topology has not changed"))
    }

    @Test func `A renamed one goes on under its new name, and another setting makes another source`() async throws {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            desk.write(
                """
                sources:
                  - {name: up, plugin: scripted, settings: {at: 1}}
                  - {name: south, plugin: scripted, exclude: [{name: none}], settings: {at: 2}}
                """)
            let change = try await reload.reload()
            #expect(change.renamed.map(\.to.rawValue) == ["up"] && change.changed.map(\.name.rawValue) == ["south"])
            #expect(!desk.runsFirst("north") && !desk.runsFirst("south"))
            try await desk.world.until("both have spoken") { $0.sources.allSatisfy { $0.state == .synced } }
            #expect(service.registry.view.sources.map(\.source.name) == ["up", "south"])
            try await desk.world.until("what it says is new") { $0.cartInstances == ["of-south", "of-up"] }
        }
    }

    @Test func `What the age of its data means is told to the source that runs`() async throws {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            let since = service.registry.view.status("south")?.since
            // It is read every 10 s.
            for (stale, standing) in [("{after: 1s, then: demote}", Standing.demoted), ("{then: serve}", .full)] {
                desk.write(Self.two.replacing("{name: south,", with: "{name: south, stale: \(stale),"))
                let change = try await reload.reload()
                #expect(change.changed.map(\.keys) == [["stale"]])
                try await desk.world.until("it counts") { $0.status("south")?.standing == standing }
                #expect(desk.runsFirst("south"))
                #expect(service.registry.view.status("south")?.since == since)
            }
        }
    }

    @Test(arguments: [
        ("sources:\n  - {name: north, plugin: consul}\n", "file.yaml:2: unknown plugin"),
        ("sources:\n  - {name: north, plugin: scripted}\nhome: west\n", "file.yaml:3: 'home' names 'west'"),
    ])
    func `A file that does not check changes nothing, and says why`(text: String, reason: String) async throws {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            let before = service.registry.view.generation
            desk.write(text)
            let refusal = await #expect(throws: TopologyReload.Refusal.self) { try await reload.reload() }
            #expect(refusal?.reason.hasPrefix(reason) == true)
            #expect(service.registry.view.generation == before)
            #expect(desk.runsFirst("north") && desk.runsFirst("south"))
            desk.write(Self.two)
            let again = try await reload.reload()
            #expect(again.isEmpty)
        }
        #expect(desk.world.log.logged.contains("error: the topology is not applied"))
    }

    @Test func `Keys that only a start takes over are named, and still differ afterwards`() async throws {
        let desk = try Desk(Self.two)
        try await desk.run { reload, _ in
            desk.write("server: {listen: \"0.0.0.0:30100\"}\nstate: elsewhere\n" + Self.two)
            for _ in 0..<2 {
                let change = try await reload.reload()
                #expect(change.keysOfNextStart == ["state", "server.listen"])
            }
            #expect(reload.running.state == nil)
        }
    }

    @Test func `What cannot be made ready changes nothing, and what was made ready for nothing is given up`()
        async throws
    {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            desk.write(Self.two.replacing("north", with: "up"))
            desk.obstacle.withLock { $0 = "cannot listen there" }
            let refusal = await #expect(throws: TopologyReload.Refusal.self) { try await reload.reload() }
            #expect(refusal?.reason == "file.yaml: cannot listen there")
            #expect(service.registry.view.sources.map(\.source.name) == ["north", "south"])
            #expect(desk.servers.isEmpty && desk.givenUp.withLock { $0 } == 0)
            desk.obstacle.withLock { $0 = nil }
            _ = try await reload.reload()
            #expect(service.registry.view.sources.map(\.source.name) == ["up", "south"])
            #expect(desk.servers.count == 1)
        }
    }

    @Test func `What is declared of the server is handed on as it is in effect then, and does not differ afterwards`()
        async throws
    {
        let desk = try Desk(Self.two)
        try await desk.run { reload, service in
            desk.write(
                """
                server:
                  listen: 127.0.0.1:9
                  coalesce: 20ms
                  limits: {watchers: 5, eventLogChanges: 1024}
                """ + "\n" + Self.two)
            let change = try await reload.reload()
            #expect(change.keysOfNextStart == [])
            let server = try #require(desk.servers.last)
            #expect(server.limits.watchers == 5 && server.listen.port == 9)
            #expect(reload.running.server == server)
            #expect(try await reload.reload().keys == [])
            // The history is as short as that.
            let before = service.registry.view.revision
            for number in 0..<1_100 {
                service.registry.apply(Said.instances("i\(number)"), from: SourceID("north"))
            }
            guard case .compacted = service.registry.history(after: before) else {
                Issue.record("the history is longer")
                return
            }
        }
    }
}

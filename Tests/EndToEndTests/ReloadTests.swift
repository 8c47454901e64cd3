import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// The topology file of a running process is changed, with the real binary.
@Suite(.serialized)
struct ReloadTests {
    /// Two regions, and an aggregator over them with a file that a test changes.
    private struct World {
        let transfers = HTTPTransfers()
        let north: MainstemProcess
        let south: MainstemProcess
        let front: MainstemProcess
        let regions: [String: String]
        let address: String
        private let directory: TemporaryDirectory
        private var file: URL { URL(filePath: "\(directory.path)/topology.yaml") }

        init() async throws {
            directory = try TemporaryDirectory()
            north = try MainstemProcess(["serve", "--local", "north", "--listen", "127.0.0.1:0"])
            south = try MainstemProcess(["serve", "--local", "south", "--listen", "127.0.0.1:0"])
            regions = ["north": try await north.address(), "south": try await south.address()]
            let path = "\(directory.path)/topology.yaml"
            try Data(World.text(regions, [("north", "north"), ("south", "south")]).utf8).write(
                to: URL(filePath: path))
            front = try MainstemProcess(["serve", path, "--listen", "127.0.0.1:0", "--interval", "200ms"])
            address = try await front.address()
        }

        private static func text(_ regions: [String: String], _ sources: [(String, String)]) -> String {
            "sources:\n"
                + sources.map { name, region in
                    let endpoint = "http://\(regions[region] ?? "")"
                    return "  - {name: \(name), plugin: servicecenter, settings: {endpoints: [\"\(endpoint)\"]}}\n"
                }.joined()
        }

        /// Declares these sources, each with the region that it reads.
        func declare(_ sources: [(String, String)], and more: String = "") throws {
            try Data((World.text(regions, sources) + more).utf8).write(to: file)
        }

        func client(_ address: String?) -> RegistryClient { RegistryClient(address ?? "", transfers) }
        var atFront: RegistryClient { client(address) }

        func sources() async throws -> [String] {
            let answer = try await atFront.ask("GET", "/mainstem/v1/sources")
            return (answer.json?["sources"]?.elements ?? []).compactMap { $0["name"]?.text }
        }

        /// Whether the upstream of a source is told by its watches.
        func mode(of source: String) async throws -> String? {
            let answer = try await atFront.ask("GET", "/mainstem/v1/sources")
            return answer.json?["sources"]?.elements.first { $0["name"]?.text == source }?["mode"]?.text
        }

        func end() async throws {
            for process in [front, north, south] { process.signal(SIGTERM) }
            for process in [front, north, south] { #expect(try await process.ended() == 0) }
            transfers.shutdown()
        }
    }

    @Test("SIGHUP and the route apply the file: who is renamed stays, who is gone leaves with exact DELETEs")
    func reload() async throws {
        let world = try await World()
        for region in ["north", "south"] {
            let client = world.client(world.regions[region])
            _ = try await client.start("cart-\(region)", of: try await client.register("cart"))
        }
        try await eventually("both are found") {
            try await world.atFront.hosts(of: "cart") == ["cart-north", "cart-south"]
        }
        let watch = try await WatchRecorder.open(world.address, path: "/mainstem/v1/watch?application=shop")
        try await eventually("the state is told") { watch.events.count == 2 }

        try world.declare([("north", "north")], and: "  - {name: west, plugin: consul}\n")
        world.front.signal(SIGHUP)
        try await eventually("the mistake is told") {
            world.front.standardError.contains("the topology is not applied")
                && world.front.standardError.contains("topology.yaml:3: source 'west' asks for the plugin 'consul'")
        }
        let refused = try await world.atFront.ask("POST", "/mainstem/v1/reload")
        #expect(refused.status == 400 && refused.json?["errorCode"]?.text == "400001")
        #expect(refused.json?["detail"]?.text?.contains("topology.yaml:3:") == true)
        #expect(try await world.sources() == ["north", "south"])

        try world.declare([("up", "north"), ("south", "south")], and: "server: {listen: \"127.0.0.1:1\"}\n")
        world.front.signal(SIGHUP)
        try await eventually("the new name is there") { try await world.sources() == ["up", "south"] }
        try await eventually("it is told") { world.front.standardError.contains("the topology is applied") }

        try world.declare([("up", "north")])
        let command = try MainstemProcess(["reload", "--server", "http://\(world.address)"])
        #expect(try await command.ended() == 0)
        try await eventually("what changed is told: \(command.standardOutput)") {
            command.standardOutput.contains("- source south\n")
        }
        try await eventually("one is left") { try await world.atFront.hosts(of: "cart") == ["cart-north"] }
        try await eventually("it is told") { watch.events.count >= 3 }
        #expect(Array(watch.events.dropFirst(2)) == ["DELETE south cart-south"])
        // The renamed source is observed as before.
        try await eventually("it is observed") { try await world.mode(of: "up") == "observed" }
        await watch.close()
        try await world.end()
    }

    @Test("SIGHUP takes over what is declared of the server, and names what waits for the next start")
    func server() async throws {
        let world = try await World()
        let sources = [("north", "north"), ("south", "south")]
        let first = try await WatchRecorder.open(world.address, path: "/mainstem/v1/watch")
        let more = "server: {start: {when: any}, coalesce: 20ms, limits: {watchers: 1, bodyBytes: 1KiB}}\n"
        try world.declare(sources, and: more)
        world.front.signal(SIGHUP)
        let told = "keys=\"server.start, server.coalesce, server.limits.watchers, server.limits.bodyBytes\""
        try await eventually("it is told: \(world.front.standardError)") { world.front.standardError.contains(told) }
        #expect(try await world.atFront.ask("GET", "/mainstem/v1/watch").status == 503)
        let long = String(repeating: "x", count: 2_000)
        let refused = try await world.atFront.ask("POST", "/v4/default/registry/instances/action", body: long)
        #expect(refused.status == 400 && refused.text.contains("larger than 1024 bytes"))
        #expect(first.end == nil)

        try world.declare(sources, and: more.replacing("watchers: 1", with: "watchers: 2"))
        let command = try MainstemProcess(["reload", "--server", "http://\(world.address)"])
        #expect(try await command.ended() == 0)
        try await eventually("what changed is told: \(command.standardOutput)") {
            command.standardOutput == "~ server.limits.watchers\n"
        }
        let second = try await WatchRecorder.open(world.address, path: "/mainstem/v1/watch")
        for watch in [first, second] {
            #expect(watch.end == nil)
            await watch.close()
        }
        try await world.end()
    }

    @Test("another address is listened at before the former one is closed; one that is taken changes nothing")
    func listening() async throws {
        let directory = try TemporaryDirectory()
        let file = URL(filePath: "\(directory.path)/topology.yaml")
        func declare(_ server: String, _ more: String = "") throws {
            let sources = "sources:\n  - {name: home, plugin: local}\n" + more
            try Data("server: {\(server)}\n\(sources)".utf8).write(to: file)
        }
        try declare("listen: '127.0.0.1:0'")
        let process = try MainstemProcess(["serve", file.path()])
        let (former, transfers) = (try await process.address(), HTTPTransfers())
        defer { transfers.shutdown() }
        let taken = try SilentListener()
        try declare("listen: '127.0.0.1:\(taken.port)'", "  - {name: other, plugin: local}\n")
        let refused = try await RegistryClient(former, transfers).ask("POST", "/mainstem/v1/reload")
        #expect(refused.status == 400)
        #expect(refused.text.contains("cannot listen on 127.0.0.1:\(taken.port): Address already in use"))
        let sources = try await RegistryClient(former, transfers).ask("GET", "/mainstem/v1/sources")
        #expect(sources.json?["sources"]?.elements.count == 1)
        // The same in other words, with an address for operators.
        try declare("listen: 'localhost:0', admin: '127.0.0.1:0'")
        let watch = try await WatchRecorder.open(former, path: "/mainstem/v1/watch")
        let moved = try await RegistryClient(former, transfers).ask("POST", "/mainstem/v1/reload")
        #expect(moved.status == 200 && moved.json?["atNextStart"]?.elements.isEmpty == true)
        try await eventually("both are told") {
            process.standardError.split(separator: "listening on").count == 3
                && process.standardError.contains("operators are let in")
        }
        let words = process.standardError.split(whereSeparator: \.isWhitespace)
        let address = try #require(words.last { $0.hasPrefix("localhost:") })
        #expect(try await RegistryClient(String(address), transfers).ask("GET", "/readyz").status == 200)
        #expect(watch.end == nil)
        let anew = HTTPTransfers()
        defer { anew.shutdown() }
        await #expect(throws: (any Error).self) { try await RegistryClient(former, anew).ask("GET", "/livez") }
        await watch.close()
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
    }

    @Test("a process without a file says so, and SIGHUP does not end it")
    func withoutFile() async throws {
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0"])
        let (address, transfers) = (try await process.address(), HTTPTransfers())
        process.signal(SIGHUP)
        try await eventually("it says so") { process.standardError.contains("without a topology file") }
        let answer = try await RegistryClient(address, transfers).ask("POST", "/mainstem/v1/reload")
        #expect(answer.status == 400)
        #expect(answer.json?["detail"]?.text?.contains("without a topology file") == true)
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }
}

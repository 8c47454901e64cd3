import API
import ArgumentParser
import Discovery
import Federation
import Logging
import Registry
import ServiceLifecycle
import Topology

/// `mainstem demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Two regional registries and the aggregator over them, with a shop that keeps changing.")

    @Option(help: "Stop changing the shop after this many changes; without it the shop never rests.")
    var quietAfter: Int?

    @Option(help: ArgumentHelp("Between two changes.", valueName: "2s"))
    var pace = "2s"

    @Option(help: "The port of the aggregator; the two regions take the next two.")
    var port = 30_100

    func validate() throws {
        guard DurationText.parse(pace) != nil else {
            throw ValidationError("--pace '\(pace)' is no duration: \(DurationText.forms).")
        }
        guard (1...65_533).contains(port) else { throw ValidationError("--port must be in 1...65533.") }
        guard (quietAfter ?? 0) >= 0 else { throw ValidationError("--quiet-after must not be negative.") }
    }

    func run() async throws {
        var logger = Logger(label: "mainstem") { _ in ConsoleLog() }
        logger.logLevel = .warning
        do {
            try await play(logger)
        } catch {
            throw Terminal.refuse(error)
        }
    }

    private func play(_ logger: Logger) async throws {
        let (listening, arrival) = AsyncStream.makeStream(of: Void.self)
        let north = try region("north", port: port + 1, logger) { arrival.yield() }
        let south = try region("south", port: port + 2, logger) { arrival.yield() }
        let topology = try Topology.fromManagerCluster(
            "north=http://127.0.0.1:\(port + 1),south=http://127.0.0.1:\(port + 2)"
        ).listening(on: try ListenAddress(parsing: "127.0.0.1:\(port)"))
        var quick = topology
        for index in quick.sources.indices {
            quick.sources[index].settings.override("interval", with: "500ms", origin: "demo")
        }
        let (port, quietAfter) = (port, quietAfter)
        let aggregator = try Assembly(quick, logger: logger) { _ in
            Terminal.show(DemoGuide.text(port: port, quietAfter: quietAfter))
        }
        let shop = DemoShop(
            regions: [("north", north.source), ("south", south.source)],
            pace: DurationText.parse(pace) ?? .seconds(2), quietAfter: quietAfter)
        let front = DemoAggregator(assembly: aggregator, regionsListening: listening, regions: 2)
        try await Assembly.run(north.services + south.services + [shop, front], logger: logger)
    }

    /// One region: a registry of its own, as `plugin: local` makes it, that speaks the real protocol.
    private func region(
        _ name: String, port: Int, _ logger: Logger, onListening: @escaping @Sendable () -> Void
    ) throws -> (source: LocalSource, services: [any Service]) {
        let source = LocalSource(id: SourceID(name), settings: LocalSettings(), clock: SystemTimekeeper())
        let server = ServerDeclaration(listen: try ListenAddress(parsing: "127.0.0.1:\(port)"))
        let assembly = Assembly(
            sources: [source], home: source, server: server, transfers: HTTPTransfers(), logger: logger
        ) { _ in onListening() }
        return (source, assembly.services)
    }
}

import ArgumentParser
import Discovery
import Logging
import Topology

/// `mainstem serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the merged registry of a topology until SIGTERM.")

    @OptionGroup var options: TopologyOptions

    @Flag(help: "Log every step, not only what changes.")
    var verbose = false

    func run() async throws {
        var logger = Logger(label: "mainstem") { _ in ConsoleLog() }
        logger.logLevel = verbose ? .debug : .info
        do {
            let topology = try options.topology()
            if topology.state == nil, topology.sources.contains(where: { $0.plugin == LocalPlugin.name }) {
                logger.warning("what is registered here ends with this process: give --state, or the key 'state'")
            }
            let options = options
            let assembly = try Assembly(
                topology, amended: { try options.amended($0) }, reread: { try options.reread() }, logger: logger
            ) { address in
                Terminal.say("mainstem: listening on \(address)")
            }
            try await assembly.run(logger: logger)
        } catch {
            throw Terminal.refuse(error)
        }
    }
}

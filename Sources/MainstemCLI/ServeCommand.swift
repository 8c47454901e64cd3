import ArgumentParser
import Logging

/// `mainstem serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the merged registry of a topology until SIGTERM.")

    @OptionGroup var options: TopologyOptions

    @Flag(help: "Log every step, not only what changes.")
    var verbose = false

    func run() async throws {
        var logger = Logger(label: "mainstem") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .info
        do {
            let assembly = try Assembly(try options.topology(), logger: logger) { address in
                Terminal.say("mainstem: listening on \(address)")
            }
            try await assembly.run(logger: logger)
        } catch {
            throw Terminal.refuse(error)
        }
    }
}

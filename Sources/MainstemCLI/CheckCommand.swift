import ArgumentParser
import Discovery
import Logging
import Topology

/// `mainstem check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a topology file without starting anything; status 2 when it is wrong.")

    @Argument(help: "The topology file.")
    var file: String

    func run() async throws {
        do {
            let topology = try Topology.read(file: file)
            _ = try Assembly(topology, logger: Logger(label: "mainstem")) { _ in }
            try PluginTable.builtin.check(topology, SystemFiles())
            let names = topology.sources.map { "\($0.name) (\($0.plugin))" }.joined(separator: ", ")
            let home = topology.home.map { "home \($0)" } ?? "read-only"
            Terminal.show("\(file): ok; sources \(names); \(home); listens on \(topology.server.listen)")
        } catch {
            throw Terminal.refuse(error)
        }
    }
}

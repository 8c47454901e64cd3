import ArgumentParser
import Discovery
import Logging
import Topology

/// `mainstem plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What a topology file would change of a running Mainstem, as JSON, without doing it.")

    @OptionGroup var server: OperatorOptions

    @Argument(help: "The topology file.")
    var file: String

    func run() async throws {
        let text: String
        do {
            text = try Topology.text(of: file)
            let topology = try Topology.parse(text, file: file)
            _ = try Assembly(topology, logger: Logger(label: "mainstem")) { _ in }
        } catch {
            throw Terminal.refuse(error)
        }
        try await server.show(.post, "/mainstem/v1/plan?file=\(PathSegment.encode(file))", body: Array(text.utf8))
    }
}

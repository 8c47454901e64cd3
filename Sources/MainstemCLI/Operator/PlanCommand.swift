import ArgumentParser
import Discovery
import Logging
import Topology

/// `mainstem plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What a topology file would change of a running Mainstem, without doing it.")

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
        let query = OperatorOptions.query([("file", file)])
        try await server.show(.post, "/mainstem/v1/plan" + query, body: Array(text.utf8), as: Self.lines)
    }

    static func lines(of reply: Reply) -> [String] {
        var lines = reply["added"].words.map { "+ source \($0)" } + reply["removed"].words.map { "- source \($0)" }
        lines += reply["renamed"].list.map { "> source \($0["from"].word) is \($0["to"].word) from now on" }
        lines += reply["changed"].list.map {
            "~ source \($0["source"].word): \($0["keys"].words.joined(separator: ", "))"
        }
        if case .flag(true) = reply["reordered"] { lines.append("~ the order of the sources") }
        let later = reply["atNextStart"].words
        lines += reply["keys"].words.map { "~ \($0)" + (later.contains($0) ? ", at the next start" : "") }
        return lines.isEmpty ? ["it changes nothing"] : lines
    }
}

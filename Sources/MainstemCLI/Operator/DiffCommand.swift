import ArgumentParser
import Discovery

/// `mainstem diff`
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What one source has and another one lacks or says otherwise.")

    @OptionGroup var server: OperatorOptions

    @Argument(help: "A source's name.")
    var from: String

    @Argument(help: "The other source's name.")
    var to: String

    @Option(help: "At most so many of each kind.")
    var limit = 100

    func run() async throws {
        let query = OperatorOptions.query([("from", from), ("to", to), ("limit", "\(limit)")])
        try await server.show(.get, "/mainstem/v1/diff" + query, as: Self.lines)
    }

    static func lines(of reply: Reply) -> [String] {
        let (from, to) = (reply["from"].word, reply["to"].word)
        var lines: [String] = []
        for (kind, sign, meaning) in [
            ("onlyFrom", "-", "only at \(from)"), ("onlyTo", "+", "only at \(to)"),
            ("different", "~", "different at \(from) and \(to)"),
        ] {
            for what in ["microservices", "instances"] {
                let total = reply[what]["totals"][kind].word
                guard total != "0" else { continue }
                lines.append("\(total) \(what) \(meaning):")
                let listed = reply[what][kind].list
                lines += listed.map { entry in
                    "  \(sign) \(entry["microservice"].microserviceName)\(entry["instanceId"].isThere ? " " : "")"
                        + entry["instanceId"].word
                }
                if let count = Int(total), count > listed.count { lines.append("  … and \(count - listed.count) more") }
            }
        }
        return lines.isEmpty ? ["\(from) and \(to) say the same"] : lines
    }
}

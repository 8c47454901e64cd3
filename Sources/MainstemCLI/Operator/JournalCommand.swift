import ArgumentParser
import Discovery

/// `mainstem journal`
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "What has happened, the newest first.")

    @OptionGroup var server: OperatorOptions

    @Option(help: "Of this source.")
    var source: String?

    @Option(help: "Of the microservice of this name or ID.")
    var service: String?

    @Option(help: "Of the instance of this ID.")
    var instance: String?

    @Option(help: "Older than the entry of this number.")
    var before: Int64?

    @Option(help: "At most so many.")
    var limit = 100

    func run() async throws {
        let query = OperatorOptions.query([
            ("limit", "\(limit)"), ("before", before.map { "\($0)" }), ("source", source), ("service", service),
            ("instance", instance),
        ])
        try await server.show(.get, "/mainstem/v1/journal" + query, as: Self.lines)
    }

    static func lines(of reply: Reply) -> [String] {
        var table = TextTable("NUMBER", "TIME (UTC)", "EVENT", "SOURCE", "CAUSE", "WHAT", "INSTANCE")
        for entry in reply["entries"].list {
            table.add(
                entry["number"].word, entry["at"].clock, entry["event"].word, entry["source"].word,
                entry["cause"].word, what(entry), entry["instanceId"].word)
        }
        guard !table.isEmpty else { return ["nothing has happened"] }
        return table.lines() + (reply["before"].isThere ? ["… older ones with --before \(reply["before"].word)"] : [])
    }

    private static func what(_ entry: Reply) -> String {
        if entry["microservice"].isThere { return entry["microservice"].microserviceName }
        if entry["to"].isThere {
            let reason = entry["reason"].word
            return "\(entry["from"].word) -> \(entry["to"].word)\(reason.isEmpty ? "" : ": \(reason)")"
        }
        if entry["instances"].isThere { return entry["instances"].count(of: "instance") }
        return entry["since"].isThere ? "more happened than is kept, since \(entry["since"].word)" : ""
    }
}

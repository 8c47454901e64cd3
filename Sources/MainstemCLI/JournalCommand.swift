import ArgumentParser
import Discovery

/// `mainstem journal`
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "What has happened, the newest first, as JSON.")

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
        let wishes = [
            ("limit", "\(limit)"), ("before", before.map { "\($0)" }), ("source", source), ("service", service),
            ("instance", instance),
        ]
        let query = wishes.compactMap { name, wish in wish.map { "\(name)=\(PathSegment.encode($0))" } }
        try await server.show(.get, "/mainstem/v1/journal?" + query.joined(separator: "&"))
    }
}

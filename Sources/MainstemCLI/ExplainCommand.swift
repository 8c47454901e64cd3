import ArgumentParser
import Discovery

/// `mainstem explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Who says what of a microservice, and why it is shown as it is, as JSON.")

    @OptionGroup var server: OperatorOptions

    @Argument(help: "The microservice: its ID at any source, or application/name/version.")
    var service: String

    @Argument(help: "One of its instances: its ID.")
    var instance: String?

    @Option(help: "The domain of application/name/version.")
    var domain: String?

    @Option(help: "Its project.")
    var project: String?

    @Option(help: "Its environment.")
    var environment: String?

    func run() async throws {
        let wishes = [
            ("service", service), ("instance", instance), ("domain", domain), ("project", project),
            ("environment", environment),
        ]
        let query = wishes.compactMap { name, wish in wish.map { "\(name)=\(PathSegment.encode($0))" } }
        try await server.show(.get, "/mainstem/v1/explain?" + query.joined(separator: "&"))
    }
}

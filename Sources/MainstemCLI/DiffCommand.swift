import ArgumentParser
import Discovery

/// `mainstem diff`
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What one source has and another one lacks or says otherwise, as JSON.")

    @OptionGroup var server: OperatorOptions

    @Argument(help: "A source's name.")
    var from: String

    @Argument(help: "The other source's name.")
    var to: String

    @Option(help: "At most so many of each kind.")
    var limit = 100

    func run() async throws {
        let (from, to) = (PathSegment.encode(from), PathSegment.encode(to))
        try await server.show(.get, "/mainstem/v1/diff?from=\(from)&to=\(to)&limit=\(limit)")
    }
}

import ArgumentParser
import Discovery
import ServiceCenterWire

/// `mainstem quarantine`
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "See, hold and release what sources withdrew.",
        subcommands: [List.self, Hold.self, Release.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What is held back, as JSON.")

        @OptionGroup var server: OperatorOptions

        func run() async throws { try await server.show(.get, "/mainstem/v1/quarantine") }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold whatever a source withdraws, until it is released.")

        @OptionGroup var server: OperatorOptions

        @Argument(help: "The source's name.")
        var source: String

        func run() async throws { try await server.show(.post, "/mainstem/v1/quarantine", source) }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Believe what a source withdrew.")

        @OptionGroup var server: OperatorOptions

        @Argument(help: "The source's name.")
        var source: String

        func run() async throws { try await server.show(.delete, "/mainstem/v1/quarantine", source) }
    }
}

import ArgumentParser
import Discovery
import ServiceCenterWire

/// `mainstem quarantine`
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "See, hold and release what sources withdrew.",
        subcommands: [List.self, Hold.self, Release.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What is held back.")

        @OptionGroup var server: OperatorOptions

        func run() async throws { try await server.show(.get, "/mainstem/v1/quarantine", as: Self.lines) }

        static func lines(of reply: Reply) -> [String] {
            let held = reply["quarantine"].list
            return held.isEmpty ? ["nothing is held back"] : held.map { "\($0["source"].word): \($0.heldBack)" }
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold whatever a source withdraws, until it is released.")

        @OptionGroup var server: OperatorOptions

        @Argument(help: "The source's name.")
        var source: String

        func run() async throws {
            try await server.show(.post, "/mainstem/v1/quarantine", source) { _ in
                ["what \(source) withdraws is held until it is released"]
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Believe what a source withdrew.")

        @OptionGroup var server: OperatorOptions

        @Argument(help: "The source's name.")
        var source: String

        func run() async throws {
            try await server.show(.delete, "/mainstem/v1/quarantine", source) { reply in
                ["\(source) is believed: \(reply["releasedInstances"].count(of: "instance")) withdrawn"]
            }
        }
    }
}

import ArgumentParser
import Discovery

/// `mainstem reload`
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have a running Mainstem apply its topology file as it is now, and tell what that changed.")

    @OptionGroup var server: OperatorOptions

    func run() async throws { try await server.show(.post, "/mainstem/v1/reload", as: PlanCommand.lines) }
}

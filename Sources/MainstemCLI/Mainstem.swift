import API
import ArgumentParser

/// The binary: one command line, several commands.
@main
struct Mainstem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mainstem",
        abstract: "Several service-centers in, one registry out.",
        version: "\(Version.mainstem) (speaks service-center \(Version.dialect))",
        subcommands: [
            ServeCommand.self, CheckCommand.self, DemoCommand.self, WatchCommand.self, SourcesCommand.self,
            ExplainCommand.self, DiffCommand.self, ConflictsCommand.self, QuarantineCommand.self, JournalCommand.self,
            PlanCommand.self, ReloadCommand.self, BenchCommand.self,
        ])
}

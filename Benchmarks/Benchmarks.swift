import ArgumentParser

/// What is measured, each with its baseline in the same run. `make bench` runs all of it.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Measure Mainstem.",
        subcommands: [
            ReadBenchmark.self, RestartBenchmark.self, APIBenchmark.self, Upstream.self, Bare.self, Load.self,
            WatchBenchmark.self, Blast.self, FrameUpstream.self,
        ])
}

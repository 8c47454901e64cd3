import ArgumentParser
import Foundation
import Glibc

/// How fast, how promptly and at which cost the real binary tells many watchers, beside a baseline that does nothing
/// but write.
struct WatchBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Messages a second, lag, CPU and memory of watches, beside bare writes.")

    @Option(help: "Only rows whose name contains this.")
    var only = ""

    @Option(help: "A part of the watchers and of the time, to try it out.")
    var scale = 1.0

    @Flag(help: "100,000 connects that come and go: nothing may be left of them.")
    var leaks = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        raiseFileLimit()
        let folder = FileManager.default.temporaryDirectory.appending(path: "mainstem-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rows = WatchRows(folder: folder, scale: scale)
        let all: [(name: String, run: () throws -> Void)] = [
            ("burst", rows.burst), ("turns", rows.turns), ("connect", rows.connect), ("one", rows.oneMicroservice),
            ("thousand", rows.manyMicroservices), ("slow", rows.slowOnes), ("jitter", rows.jitter),
            ("lag", rows.lagOfSources), ("storm", rows.storms),
        ]
        if leaks {
            try rows.leaks()
        } else {
            for row in all where only.isEmpty || row.name.contains(only) { try row.run() }
        }
        guard rows.verdict.isGood else { throw ExitCode.failure }
    }

    private func raiseFileLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

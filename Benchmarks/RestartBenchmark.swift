import ArgumentParser
import Discovery
import Foundation

/// How long the real binary takes from its start to the first correct answer, its sources away: everything comes from
/// disk.
struct RestartBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Time from the start of the process to its first correct answer, by size.")

    @Option(help: "Instances in all, half of them in each source.")
    var sizes = "1000,50000,150000,500000"

    @Option(help: "Restarts that are measured at each size.")
    var rounds = 5

    /// One restart.
    private struct Run {
        var wall: Double
        var cpu: Double
        var peak: Double
    }

    private static let transfers = HTTPTransfers()

    func run() async throws {
        defer { RestartBenchmark.transfers.shutdown() }
        print("Two sources that are away, half of the instances each; medians of \(rounds) restarts.\n")
        print("| instances | files MB | first answer s | CPU s until then | peak MB |")
        print("|---:|---:|---:|---:|---:|")
        for size in sizes.split(separator: ",").compactMap({ Int($0) }) {
            let state = FileManager.default.temporaryDirectory.appending(path: "mainstem-restart-\(UUID())")
            defer { try? FileManager.default.removeItem(at: state) }
            try await fill(state, size)
            let files = try FileManager.default.contentsOfDirectory(at: state, includingPropertiesForKeys: nil)
            let bytes = try files.map { try Data(contentsOf: $0).count }.reduce(0, +)
            var runs: [Run] = []
            for _ in 0..<rounds { runs.append(try await restart(state, size)) }
            let cells = [
                "\(size)", format(Double(bytes) / 1e6, 1), format(median(runs.map(\.wall)), 2),
                format(median(runs.map(\.cpu)), 2), format(median(runs.map(\.peak)), 0),
            ]
            print("| \(cells.joined(separator: " | ")) |")
        }
    }

    /// Lets one run read both sources and keep what they say.
    private func fill(_ state: URL, _ size: Int) async throws {
        let upstream = try Child(
            Child.sibling("Benchmarks"), ["upstream", "--instances", "\(size)", "--variants", "1"])
        defer { upstream.end() }
        let ports = upstream.line().split(separator: " ").compactMap { Int($0) }
        let served = try serve(state, ports)
        let address = "127.0.0.1:\(try served.listeningPort())"
        while try await instances(address) != size { try await Task.sleep(for: .milliseconds(100)) }
        // What was noted is written at the end, what the sources call themselves too.
        served.end()
    }

    private func restart(_ state: URL, _ size: Int) async throws -> Run {
        let begun = ContinuousClock.now
        // Nobody listens at port 9.
        let served = try serve(state, [9, 9])
        defer { served.end() }
        let address = "127.0.0.1:\(try served.listeningPort())"
        let found = try await instances(address)
        let wall = ContinuousClock.now - begun
        guard found == size else { throw Child.Failed(line: "\(found) of \(size) instances after a restart") }
        return Run(
            wall: Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18, cpu: served.cpuSeconds,
            peak: served.megabytes("VmHWM"))
    }

    private func serve(_ state: URL, _ ports: [Int]) throws -> Child {
        let sources = "a=http://127.0.0.1:\(ports[0]),b=http://127.0.0.1:\(ports[1])"
        return try Child(
            Child.sibling("mainstem"),
            ["serve", "--sources", sources, "--state", state.path(), "--listen", "127.0.0.1:0"],
            readsStandardError: true)
    }

    /// How many instances are served, by an answer to a client.
    private func instances(_ address: String) async throws -> Int {
        let request = TransferRequest(url: "http://\(address)/v4/default/govern/statistics")
        let text = String(decoding: try await RestartBenchmark.transfers.start(request).collect(), as: UTF8.self)
        let counts = text.matches(of: /"instances":\{"count":(\d+)/).compactMap { Int($0.1) }
        return counts.first ?? 0
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

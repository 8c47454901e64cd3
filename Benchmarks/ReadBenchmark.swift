import ArgumentParser
import Discovery
import Foundation
import Glibc
import Registry

/// What a read of all sources costs the real binary: when nothing changed, and when one instance in a hundred did.
struct ReadBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "CPU, time and memory of reading two sources, by size.")

    @Option(help: "Instances in all, half of them in each source.")
    var sizes = "1000,20000,50000,150000,500000"

    @Option(help: "Reads of both sources that are measured at each size.")
    var rounds = 5

    /// One size, one way of changing.
    private struct Row {
        var cpu = 0.0
        var wall = 0.0
        var firstCPU = 0.0
        var resident = 0.0
        var peak = 0.0
        var baseline = 0.0
    }

    func run() async throws {
        show("Two sources, half of the instances each, 10 instances a microservice, medians of \(rounds) reads.")
        show("CPU in seconds for one read of both sources. *download*: the same two dumps fetched and thrown away.\n")
        show(
            "| instances | dump MB | download CPU s | unchanged CPU s | unchanged wall s | 1 % changed CPU s "
                + "| 1 % wall s | first read CPU s | resident MB | peak MB |")
        show("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        for size in sizes.split(separator: ",").compactMap({ Int($0) }) {
            let still = try await measure(size, variants: 1)
            let moving = try await measure(size, variants: 2)
            let bytes = DumpText(source: 1, instances: size / 2).render(variant: 0).count * 2
            let cells = [
                "\(size)", format(Double(bytes) / 1e6, 1), format(still.baseline, 3), format(still.cpu, 3),
                format(still.wall, 3), format(moving.cpu, 3), format(moving.wall, 3), format(still.firstCPU, 2),
                format(still.resident, 0), format(max(still.peak, moving.peak), 0),
            ]
            show("| \(cells.joined(separator: " | ")) |")
        }
    }

    private func measure(_ size: Int, variants: Int) async throws -> Row {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let upstream = try Child(
            folder.appending(path: "Benchmarks"), ["upstream", "--instances", "\(size)", "--variants", "\(variants)"])
        defer { upstream.end() }
        let ports = upstream.line().split(separator: " ").compactMap { Int($0) }
        let sources = "a=http://127.0.0.1:\(ports[0]),b=http://127.0.0.1:\(ports[1])"
        let served = try Child(
            folder.appending(path: "mainstem"),
            ["serve", "--sources", sources, "--interval", "1s", "--listen", "127.0.0.1:0"], readsStandardError: true)
        defer { served.end() }
        var line = served.line()
        while !line.contains("listening on"), !line.isEmpty { line = served.line() }
        let address = line.split(separator: " ").last.map(String.init) ?? ""
        let scrape = Scrape(address: address)
        var row = Row()
        var before = try await scrape.reads(atLeast: 2)
        row.firstCPU = served.cpuSeconds
        var cpu: [Double] = []
        var wall: [Double] = []
        while cpu.count < rounds {
            let start = served.cpuSeconds
            let after = try await scrape.reads(atLeast: before.count + 2 * 4)
            // Four reads of both sources at once, because the kernel counts CPU in steps of 10 ms.
            let reads = Double(after.count - before.count)
            cpu.append((served.cpuSeconds - start) / reads * 2)
            wall.append((after.seconds - before.seconds) / reads)
            before = after
        }
        row.cpu = median(cpu)
        row.wall = median(wall)
        row.resident = served.megabytes("VmRSS")
        row.peak = served.megabytes("VmHWM")
        row.baseline = variants == 1 ? try await download(ports) : 0
        return row
    }

    /// What it costs to fetch both dumps with the same client and to throw them away.
    private func download(_ ports: [Int]) async throws -> Double {
        let transfers = HTTPTransfers()
        defer { transfers.shutdown() }
        var costs: [Double] = []
        for _ in 0..<rounds {
            let start = ownCPU()
            for port in ports {
                let request = TransferRequest(
                    url: "http://127.0.0.1:\(port)/v4/default/admin/dump", maxBodyBytes: 4 << 30)
                let response = try await transfers.start(request)
                while try await response.nextChunk() != nil {}
            }
            costs.append(ownCPU() - start)
        }
        return median(costs)
    }

    private func ownCPU() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// One line, at once, also into a pipe.
    private func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

/// Reads the counters that the binary shows of itself.
private struct Scrape {
    let address: String
    private let transfers = HTTPTransfers()

    init(address: String) { self.address = address }

    /// How many reads there were, and how long they took in all; waits until there are so many.
    func reads(atLeast wanted: Int) async throws -> (count: Int, seconds: Double) {
        while true {
            let response = try await transfers.start(TransferRequest(url: "http://\(address)/metrics"))
            let text = String(decoding: try await response.collect(), as: UTF8.self)
            let count = Int(sum("mainstem_source_read_duration_seconds_count", text))
            if count >= wanted { return (count, sum("mainstem_source_read_duration_seconds_sum", text)) }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func sum(_ name: String, _ text: String) -> Double {
        text.split(separator: "\n").filter { $0.hasPrefix(name) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}

import ArgumentParser
import Foundation
import Glibc

/// How many requests a second the real binary answers, with the load beside it, and how many NIO's bare server answers
/// with the same bytes in the same run.
struct APIBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Requests a second, latency and CPU of the API, beside a bare server.")

    @Option(help: "Keep-alive connections, each with one request under way.")
    var connections = 16

    @Option(help: "Seconds of one measurement.")
    var seconds = 1.0

    @Option(help: "Measurements of each server, in turns.")
    var rounds = 7

    @Option(help: "Only rows whose name contains this.")
    var only = ""

    private static let sizes = "1,100,1000"
    /// Instances in the source that is read again and again.
    private static let manyInstances = 50_000

    /// What one measurement gives.
    private struct Figures {
        var rate = 0.0
        var p50 = 0.0
        var p99 = 0.0
        var cpu = 0.0
    }

    func run() throws {
        show(
            "\(connections) connections, medians of \(rounds) rounds of \(format(seconds, 1)) s each; ratio: median of "
                + "the rounds' ratios. CPU in µs a request.\n")
        let folder = FileManager.default.temporaryDirectory.appending(path: "mainstem-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try measure("sources at rest", instances: 200, variants: 1, interval: "1h", folder) {
            try $0.finds($1) + $0.writes($1)
        }
        try measure(
            "sources at rest, and the home kept on disk", instances: 200, variants: 1, interval: "1h",
            state: folder.appending(path: "state"), folder
        ) {
            try $0.writes($1)
        }
        try measure(
            "a source of \(APIBenchmark.manyInstances) instances, 1 % changed each time, read every second",
            instances: APIBenchmark.manyInstances, variants: 2, interval: "1s", folder
        ) {
            try $0.finds($1)
        }
    }

    private func measure(
        _ title: String, instances: Int, variants: Int, interval: String, state: URL? = nil, _ folder: URL,
        _ rows: (APIRequests, LocalSocket) throws -> [APIRow]
    ) throws {
        let upstream = try Child(
            Child.sibling("Benchmarks"),
            [
                "upstream", "--instances", "\(instances * 2)", "--variants", "\(variants)", "--sizes",
                APIBenchmark.sizes,
            ])
        defer { upstream.end() }
        let ports = upstream.line().split(separator: " ").compactMap { Int($0) }
        let topology = folder.appending(path: "topology.yaml")
        try """
        server: {listen: "127.0.0.1:0"}
        \(state.map { "state: \"\($0.path())\"" } ?? "")
        home: home
        sources:
          - {name: home, plugin: local}
          - name: upstream
            plugin: servicecenter
            settings: {endpoints: ["http://127.0.0.1:\(ports[0])"], interval: \(interval)}
        """.write(to: topology, atomically: true, encoding: .utf8)
        let served = try Child(Child.sibling("mainstem"), ["serve", topology.path()], readsStandardError: true)
        defer { served.end() }
        let port = try served.listeningPort()
        let socket = try LocalSocket(port: port)
        defer { socket.end() }
        let dump = DumpText(source: 1, instances: instances)
        let requests = APIRequests(consumer: dump.id("sized-100"), dump: dump)
        try untilFound(requests.find("sized-1000"), socket)
        show("With \(title):\n")
        show(
            "| request | body bytes | requests/s | bare server | ratio | p50 ms | bare | p99 ms | bare | CPU µs "
                + "| bare |")
        show("|:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        for row in try rows(requests, socket) where only.isEmpty || row.name.contains(only) {
            show(try compare(row, served, port, socket, folder))
        }
        show("")
    }

    /// Both servers in turns, as a row of the table.
    private func compare(
        _ row: APIRow, _ served: Child, _ port: Int, _ socket: LocalSocket, _ folder: URL
    ) throws -> String {
        let (requests, answer) = (folder.appending(path: "requests"), folder.appending(path: "answer"))
        let bytes = socket.ask(Array(row.requests(0)[0].utf8))
        try Data(bytes).write(to: answer)
        let bare = try Child(Child.sibling("Benchmarks"), ["bare", "--answer", answer.path()])
        defer { bare.end() }
        let barePort = bare.line().split(separator: " ").last.flatMap { Int($0) } ?? 0
        var ours: [Figures] = []
        var baseline: [Figures] = []
        for round in 1...rounds {
            try row.requests(round).joined(separator: "\0").write(to: requests, atomically: true, encoding: .utf8)
            ours.append(try load(port, served, row, requests))
            baseline.append(try load(barePort, bare, row, requests))
        }
        func middle(_ figures: [Figures], _ value: (Figures) -> Double) -> Double { median(figures.map(value)) }
        let body = bytes.withUnsafeBytes { AnswerHead($0)?.bodyLength ?? 0 }
        let cells = [
            row.name, "\(body)", format(middle(ours, \.rate), 0), format(middle(baseline, \.rate), 0),
            format(median(zip(ours, baseline).map { $0.rate / $1.rate }), 2),
            format(middle(ours, \.p50) / 1e3, 2), format(middle(baseline, \.p50) / 1e3, 2),
            format(middle(ours, \.p99) / 1e3, 2), format(middle(baseline, \.p99) / 1e3, 2),
            format(middle(ours, \.cpu), 1), format(middle(baseline, \.cpu), 1),
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    /// One measurement of one server.
    private func load(_ port: Int, _ server: Child, _ row: APIRow, _ requests: URL) throws -> Figures {
        let start = server.cpuSeconds
        let load = try Child(
            Child.sibling("Benchmarks"),
            [
                "load", "--port", "\(port)", "--connections", "\(connections)", "--seconds", "\(seconds)",
                "--requests", requests.path(), "--status", "\(row.status)",
            ])
        let line = load.line()
        load.end()
        let numbers = line.split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 4, numbers[0] > 0 else { throw APIRequests.Missing(answer: line) }
        return Figures(
            rate: numbers[1], p50: numbers[2], p99: numbers[3],
            cpu: (server.cpuSeconds - start) / numbers[0] * 1e6)
    }

    private func untilFound(_ request: String, _ socket: LocalSocket) throws {
        for _ in 0..<200 {
            let answer = socket.ask(Array(request.utf8))
            if answer.withUnsafeBytes({ AnswerHead($0)?.status }) == 200 { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw APIRequests.Missing(answer: "the dump was not read")
    }

    /// One line, at once, also into a pipe.
    private func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

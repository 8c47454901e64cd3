import Foundation
import Glibc

/// The lags of the others before, while and after some were slow.
final class LagReading {
    var before = LagTally()
    var during = LagTally()
    var after = LagTally()
}

extension WatchRows {
    /// Events at a rate for ten seconds.
    func paced(_ title: String, watchers count: Int, microservices: Int, perSecond: Int) throws {
        let watchers = scaled(count)
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: microservices)
        let fleet = try Fleet(port: home.port, paths: try home.consume(watchers))
        let cpu = home.server.cpuSeconds
        let began = monotonic()
        let sent = try pace(home, microservices, perSecond, seconds: max(2, 10 * scale))
        let messages = sent * watchers / microservices
        let isComplete = fleet.wait(for: messages, seconds: 20)
        let rate = Rate(messages: messages, seconds: seconds(since: began), cpu: home.server.cpuSeconds - cpu)
        let memory = home.server.megabytes("VmRSS")
        let found = fleet.end()
        show("\(watchers) watchers, \(title):\n")
        show("| messages/s | CPU s per million | p50 ms | p99 ms | p99.9 ms | resident MB |")
        show("|---:|---:|---:|---:|---:|---:|")
        show(
            "| \(text(rate.perSecond, 0)) | \(text(rate.cpuPerMillion, 2)) | \(quantiles(found.lag)) "
                + "| \(text(memory, 0)) |")
        report(found, isComplete, home.lowestNumber(of: microservices))
    }

    /// A tenth of 5,000 watchers is dropped each second and comes back a second later.
    func jitter() throws {
        let (groups, instances, perSecond) = (10, 10, 20)
        let (size, rounds) = (scaled(500), Int(max(10, 60 * scale)))
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: 1, instances: instances)
        let paths = try home.consume(size * groups)
        func connect(_ group: Int) throws -> Fleet {
            let mine = Array(paths[group * size..<(group + 1) * size])
            return try Fleet(port: home.port, paths: mine, instances: instances)
        }
        var fleets = try (0..<groups).map(connect)
        var stepsBack = 0
        var failure: String?
        for round in 0..<rounds {
            let found = fleets[round % groups].end()
            stepsBack += found.stepsBack
            failure = failure ?? found.failure
            _ = try pace(home, instances, perSecond, seconds: 1)
            fleets[round % groups] = try connect(round % groups)
        }
        Thread.sleep(forTimeInterval: 1)
        let ends = fleets.map { $0.end() }
        let reached = ends.map(\.reached).min() ?? 0
        let last = home.lowestNumber(of: instances)
        stepsBack += ends.map(\.stepsBack).reduce(0, +)
        failure = failure ?? ends.lazy.compactMap(\.failure).first
        show("\(size * groups) watchers, a tenth of them dropped each second for \(rounds) s, \(perSecond) events/s:")
        show("the last numbers are \(last), every watcher has \(reached) or more; \(stepsBack) steps back.\n")
        if let failure { fail(failure) }
        if reached != last { fail("one has number \(reached) of \(last)") }
        if stepsBack > 0 { fail("\(stepsBack) steps back") }
    }

    /// Makes updates at a rate, over the instances in turn, until the time is over and each has as many as the others;
    /// gives how many.
    func pace(_ home: WatchedHome, _ instances: Int, _ perSecond: Int, seconds: Double) throws -> Int {
        let count = max(instances, Int(Double(perSecond) * seconds) / instances * instances)
        let began = monotonic()
        var sent = 0
        while sent < count {
            let due = min(count, Int(Double(monotonic() - began) / 1e9 * Double(perSecond)) + 1)
            if due > sent { try home.update((sent..<due).map { $0 % instances }) }
            sent = max(sent, due)
            usleep(500)
        }
        return count
    }

    /// What bare writes reach over the same number of sockets.
    func baseline(_ watchers: Int, frames: Int, batch: Int, inTurns: Bool = false) throws -> Rate {
        let count = max(batch, frames / batch * batch)
        let child = try Child(
            Child.sibling("Benchmarks"),
            ["blast", "--connections", "\(watchers)", "--frames", "\(count)", "--batch", "\(batch)"]
                + (inTurns ? ["--in-turns"] : []))
        defer { child.end() }
        let port = child.line().split(separator: " ").last.flatMap { Int($0) } ?? 0
        let fleet = try Fleet(port: port, paths: Array(repeating: "/", count: watchers), checks: false)
        let (cpu, began) = (child.cpuSeconds, monotonic())
        child.say()
        if inTurns {
            for number in 1...count {
                _ = fleet.wait(for: watchers * number)
                child.say()
            }
        }
        let isComplete = fleet.wait(for: watchers * count)
        let rate = Rate(
            messages: watchers * count, seconds: seconds(since: began), cpu: child.cpuSeconds - cpu)
        let found = fleet.end()
        if !isComplete { fail("the baseline did not end: \(found.failure ?? "")") }
        return rate
    }

    func row(_ name: String, _ batch: String?, _ rate: Rate, _ lag: LagTally?) -> String {
        let cells =
            [name] + (batch.map { [$0] } ?? []) + [
                text(rate.seconds, 2), text(rate.perSecond, 0), text(rate.cpuPerMillion, 2),
                lag.map(quantiles) ?? "| |",
            ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    func quantiles(_ lag: LagTally) -> String {
        [0.5, 0.99, 0.999].map { text(lag.quantile($0), 1) }.joined(separator: " | ")
    }

    /// Says what is wrong, if anything is.
    func report(_ found: Fleet.Findings, _ isComplete: Bool, _ last: Int) {
        var faults: [String] = []
        if let failure = found.failure { faults.append(failure) }
        if !isComplete { faults.append("not everything arrived") }
        if found.gaps > 0 { faults.append("\(found.gaps) gaps") }
        if found.stepsBack > 0 { faults.append("\(found.stepsBack) steps back") }
        if found.reached != last { faults.append("one has number \(found.reached) of \(last)") }
        if faults.isEmpty { return show("\nNothing lost, everything in order.\n") }
        fail(faults.joined(separator: ", "))
    }

    /// Says what is wrong; the benchmark will end with a failure.
    func fail(_ what: String) {
        verdict.isGood = false
        show("\nFAILED: \(what)\n")
    }

    func seconds(since began: UInt64) -> Double { Double(monotonic() - began) / 1e9 }
    func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// One line, at once, also into a pipe.
    func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

import Foundation
import Glibc

/// The measurements of the watch benchmark, one function a row or table.
struct WatchRows {
    let folder: URL
    let scale: Double
    let verdict = WatchVerdict()

    /// What one measurement of messages a second gives.
    struct Rate {
        var messages = 0
        var seconds = 0.0
        var cpu = 0.0
        var perSecond: Double { Double(messages) / seconds }
        var cpuPerMillion: Double { cpu / Double(messages) * 1e6 }
    }

    func scaled(_ count: Int) -> Int { max(10, Int(Double(count) * scale)) }

    /// 2,500 watchers × 2,500 updates, as fast as they can be made.
    func burst() throws {
        let (watchers, updates) = (scaled(2_500), scaled(2_500))
        let home = try WatchedHome(folder)
        defer { home.end() }
        let instances = 100
        try home.provide(microservices: 1, instances: instances)
        let fleet = try Fleet(port: home.port, paths: try home.consume(watchers), instances: instances)
        let (cpu, began) = (home.server.cpuSeconds, monotonic())
        try home.update((0..<updates).map { $0 % instances })
        let made = seconds(since: began)
        let isComplete = fleet.wait(for: watchers * updates)
        let rate = Rate(
            messages: watchers * updates, seconds: seconds(since: began), cpu: home.server.cpuSeconds - cpu)
        let batch = home.metric("mainstem_watch_frames_total") / max(1, home.metric("mainstem_watch_writes_total"))
        let found = fleet.end()
        show("\(watchers) watchers × \(updates) updates as fast as they can be made (\(text(made, 2)) s):\n")
        show("| | frames a write | seconds | messages/s | CPU s per million | p50 ms | p99 ms | p99.9 ms |")
        show("|:---|---:|---:|---:|---:|---:|---:|---:|")
        show(row("mainstem", text(batch, 1), rate, found.lag))
        for count in [1, 16, 64, max(1, Int(batch.rounded()))] {
            show(row("baseline", "\(count)", try baseline(watchers, frames: updates, batch: count), nil))
        }
        report(found, isComplete, home.lowestNumber(of: instances))
    }

    /// The same, the next update after all have the last.
    func turns() throws {
        let (watchers, updates) = (scaled(2_500), scaled(2_500))
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: 1)
        let fleet = try Fleet(port: home.port, paths: try home.consume(watchers))
        let (cpu, began) = (home.server.cpuSeconds, monotonic())
        var isComplete = true
        for number in 1...updates {
            try home.update([0])
            isComplete = fleet.wait(for: watchers * number) && isComplete
        }
        let rate = Rate(
            messages: watchers * updates, seconds: seconds(since: began), cpu: home.server.cpuSeconds - cpu)
        let found = fleet.end()
        show("\(watchers) watchers, one update at a time, \(updates) of them:\n")
        show("| | seconds | messages/s | CPU s per million | p50 ms | p99 ms | p99.9 ms |")
        show("|:---|---:|---:|---:|---:|---:|---:|")
        show(row("mainstem", nil, rate, found.lag))
        show(row("baseline", nil, try baseline(watchers, frames: updates, batch: 1, inTurns: true), nil))
        report(found, isComplete, home.lowestNumber(of: 1))
    }

    /// How long connecting takes, and what an idle watcher costs.
    func connect() throws {
        let watchers = scaled(10_000)
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: 1_000)
        let paths = try home.consume(watchers)
        let (before, cpu) = (home.server.megabytes("VmRSS"), home.server.cpuSeconds)
        let fleet = try Fleet(port: home.port, paths: paths)
        let connecting = home.server.cpuSeconds - cpu
        Thread.sleep(forTimeInterval: 2)
        let after = home.server.megabytes("VmRSS")
        let found = fleet.end()
        show(
            "\(watchers) connects in \(text(fleet.connectSeconds, 2)) s (server: \(text(connecting, 2)) CPU s); "
                + "an idle watcher takes "
                + "\(text((after - before) * 1e6 / 1_024 / Double(watchers), 1)) KiB "
                + "(\(text(before, 0)) MB before, \(text(after, 0)) MB after).\n")
        if let failure = found.failure { fail(failure) }
    }

    /// 10,000 watchers, 10 events a second on one microservice.
    func oneMicroservice() throws {
        try paced("10 events/s on one microservice", watchers: 10_000, microservices: 1, perSecond: 10)
    }

    /// 10,000 watchers on 1,000 microservices, 1,000 events a second.
    func manyMicroservices() throws {
        try paced("1,000 events/s on 1,000 microservices", watchers: 10_000, microservices: 1_000, perSecond: 1_000)
    }

    /// One in ten watchers reads nothing for a while, then goes on.
    func slowOnes() throws {
        let (watchers, perSecond) = (scaled(1_000), 100)
        let pause = max(3, 30 * scale)
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: 1)
        let fleet = try Fleet(port: home.port, paths: try home.consume(watchers), slowOne: 10)
        var sent = try pace(home, 1, perSecond, seconds: pause / 3)
        _ = fleet.wait(for: sent * watchers)
        let reading = LagReading()
        fleet.forgetLags()
        sent += try pace(home, 1, perSecond, seconds: pause / 3)
        reading.before = fleet.lags()
        fleet.slowOnes(read: false)
        sent += try pace(home, 1, perSecond, seconds: pause)
        reading.during = fleet.lags()
        let memory = home.server.megabytes("VmRSS")
        fleet.slowOnes(read: true)
        sent += try pace(home, 1, perSecond, seconds: pause / 3)
        reading.after = fleet.lags()
        Thread.sleep(forTimeInterval: 1)
        let isComplete = fleet.wait(for: sent * watchers, seconds: 10)
        let found = fleet.end()
        show("\(watchers) watchers, \(perSecond) events/s; one in ten reads nothing for \(text(pause, 0)) s:\n")
        show("| lag of the others | p50 ms | p99 ms | p99.9 ms |")
        show("|:---|---:|---:|---:|")
        show("| before | \(quantiles(reading.before)) |")
        show("| meanwhile | \(quantiles(reading.during)) |")
        show("| while the slow ones catch up | \(quantiles(reading.after)) |")
        show("\nResident memory meanwhile: \(text(memory, 0)) MB.")
        let last = home.lowestNumber(of: 1)
        show("The slow ones end with number \(found.slowReached) of \(last).")
        if found.slowReached != last { fail("a slow one has number \(found.slowReached) of \(last)") }
        report(found, isComplete, last)
    }

    /// How much more memory may be in use at the end than after the first eighth, in MB: what the allocator keeps.
    private static let spareMegabytes = 16.0

    /// Connections that come and go: nothing may be left of them.
    func leaks() throws {
        let home = try WatchedHome(folder)
        defer { home.end() }
        try home.provide(microservices: 10)
        let (watchers, rounds) = (scaled(2_500), 40)
        let paths = try home.consume(watchers)
        var first: (memory: Double, files: Int)?
        for round in 1...rounds {
            let found = try Fleet(port: home.port, paths: paths).end()
            if let failure = found.failure { fail(failure) }
            guard round % 5 == 0 else { continue }
            var patience = 100
            while home.metric("mainstem_watchers") > 0, patience > 0 {
                Thread.sleep(forTimeInterval: 0.1)
                patience -= 1
            }
            let (memory, files) = (home.server.megabytes("VmRSS"), Int(home.metric("process_open_fds")))
            show("after \(round * watchers) connects: \(text(memory, 1)) MB resident, \(files) files open")
            if patience == 0 { fail("watches are left") }
            let start = first ?? (memory, files)
            first = start
            if files > start.files { fail("\(files - start.files) files are left open") }
            if memory > start.memory + WatchRows.spareMegabytes { fail("memory grows") }
        }
    }
}

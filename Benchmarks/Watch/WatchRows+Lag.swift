import Foundation

extension WatchRows {
    /// From the frame that an observed upstream writes to the sockets of those who watch here.
    func lagOfSources() throws {
        show("| upstream's changes | messages/s | p50 ms | p99 ms | p99.9 ms |")
        show("|:---|---:|---:|---:|---:|")
        let watchers = scaled(1_000)
        try lagOfSources("of 100 microservices, 10 watchers each", watchers, microservices: 100)
        try lagOfSources("of one microservice, 1,000 watchers", watchers, microservices: 1)
    }

    private func lagOfSources(_ title: String, _ watchers: Int, microservices: Int) throws {
        let perSecond = 100
        let upstream = try Child(
            Child.sibling("Benchmarks"), ["frame-upstream", "--instances", "\(microservices * 10)"])
        defer { upstream.end() }
        let port = upstream.line().split(separator: " ").last.flatMap { Int($0) } ?? 0
        let home = try WatchedHome(folder, upstream: port)
        defer { home.end() }
        let names = (0..<microservices).map(DumpText(source: 1, instances: microservices * 10).name)
        let fleet = try Fleet(port: home.port, paths: try home.consume(watchers, of: names, application: "shop"))
        let rounds = Int(max(2, 20 * scale)) * perSecond / microservices
        let updates = rounds * microservices
        let began = monotonic()
        upstream.say("\(perSecond) \(updates)")
        let isComplete = fleet.wait(for: rounds * watchers)
        let found = fleet.end()
        show(
            "| \(perSecond)/s \(title) | \(text(Double(rounds * watchers) / seconds(since: began), 0)) "
                + "| \(quantiles(found.lag)) |")
        report(found, isComplete, rounds)
    }
}

import Foundation
import Synchronization

extension WatchRows {
    /// What is declared for a storm, and how large it is.
    private static let storm = (
        window: 0.5, seconds: 10.0, microservices: 100, perMicroservice: 100, watchers: 1_000
    )
    /// A microservice beside it whose instances change one at a time, each after more than the window.
    private static let quiet = (instances: 10, watchers: 100, perSecond: 5, seconds: 4.0)

    /// 10,000 instances register anew within 10 s, in each of the ways; everybody watches all of them.
    func storms() throws {
        let (instances, watchers) = (WatchRows.storm.microservices * perMicroservice, scaled(WatchRows.storm.watchers))
        show(
            "\(instances) instances of \(WatchRows.storm.microservices) microservices register anew within "
                + "\(text(stormSeconds, 0)) s, \(watchers) watchers of all of them; `coalesce: 500ms`:\n")
        show(
            "| each instance | `coalesceFirst` | changes | events told | folded | messages/s | CPU s | p50 ms | p99 ms "
                + "| the other one before: p50 ms | p99 ms | meanwhile: p50 ms | p99 ms |")
        show("|:---|:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        for way in StormWay.allCases { try storm(way, instances, watchers) }
        if verdict.isGood { show("\nNobody heard of an instance twice, and everybody has its last state.\n") }
    }

    private var perMicroservice: Int { scaled(WatchRows.storm.perMicroservice) }
    private var stormSeconds: Double { max(2, WatchRows.storm.seconds * scale) }

    private func storm(_ way: StormWay, _ instances: Int, _ watchers: Int) throws {
        let home = try WatchedHome(
            folder, settings: ", coalesce: 500ms" + (way.holdsFirst ? ", coalesceFirst: true" : ""))
        defer { home.end() }
        let quiet = try WatchedHome(beside: home, prefix: "quiet-")
        defer { quiet.end() }
        try home.provide(microservices: WatchRows.storm.microservices, instances: perMicroservice)
        try quiet.provide(microservices: 1, instances: WatchRows.quiet.instances)
        let fleet = try Fleet(port: home.port, paths: try home.consumeEverything(watchers), instances: instances)
        let aside = try Fleet(
            port: home.port, paths: try quiet.consume(WatchRows.quiet.watchers), instances: WatchRows.quiet.instances)
        // What has just been registered is not quiet yet.
        Thread.sleep(forTimeInterval: 2 * WatchRows.storm.window)
        let early = try pace(
            quiet, WatchRows.quiet.instances, WatchRows.quiet.perSecond, seconds: WatchRows.quiet.seconds)
        _ = aside.wait(for: early * WatchRows.quiet.watchers, seconds: 20)
        let before = aside.lags()
        let (cpu, folded, began) = (home.server.cpuSeconds, home.metric("mainstem_events_coalesced_total"), monotonic())
        let late = try pass(way, instances, home, beside: quiet)
        let isComplete = fleet.wait(for: instances * watchers, seconds: 60)
        let (took, used) = (seconds(since: began), home.server.cpuSeconds - cpu)
        let isQuietComplete = aside.wait(for: (early + late) * WatchRows.quiet.watchers, seconds: 20)
        // What is one event too many would come within this time.
        Thread.sleep(forTimeInterval: 3 * WatchRows.storm.window)
        let meanwhile = aside.lags()
        let told = fleet.received.load(ordering: .relaxed)
        let unheard = home.metric("mainstem_events_coalesced_total") - folded
        let (found, others) = (fleet.end(), aside.end())
        show(
            "| \(way.title) | \(way.holdsFirst ? "yes" : "no") | \(way.changes * instances) "
                + "| \(text(Double(told) / Double(watchers), 0)) | \(text(unheard, 0)) "
                + "| \(text(Double(told) / took, 0)) | \(text(used, 2)) "
                + "| \(middleAndMost(found.lag)) | \(middleAndMost(before)) | \(middleAndMost(meanwhile)) |")
        judge("of the storm", found, isComplete, last: home.lowestNumber(of: instances))
        if found.most > 1 { fail("one heard \(found.most) events of one instance") }
        judge("beside it", others, isQuietComplete, last: quiet.lowestNumber(of: WatchRows.quiet.instances))
        if others.gaps > 0 { fail("\(others.gaps) gaps beside it") }
    }

    /// The storm, at a steady pace, and the changes beside it; gives how many these are.
    private func pass(
        _ way: StormWay, _ instances: Int, _ home: WatchedHome, beside quiet: WatchedHome
    ) throws -> Int {
        let began = monotonic()
        var (renewed, changed) = (0, 0)
        while renewed < instances {
            let elapsed = seconds(since: began)
            let due = min(instances, Int(elapsed / stormSeconds * Double(instances)) + 1)
            if due > renewed { try home.renew(renewed..<due, way) }
            renewed = max(renewed, due)
            if Int(elapsed * Double(WatchRows.quiet.perSecond)) > changed {
                try quiet.update([changed % WatchRows.quiet.instances])
                changed += 1
            }
            usleep(500)
        }
        return changed
    }

    /// Says what is wrong with what these watchers have heard.
    private func judge(_ who: String, _ found: Fleet.Findings, _ isComplete: Bool, last: Int) {
        if let failure = found.failure { fail("\(who): \(failure)") }
        if !isComplete { fail("\(who): not everything arrived") }
        if found.stepsBack > 0 { fail("\(who): \(found.stepsBack) steps back") }
        if found.reached != last { fail("\(who): one has number \(found.reached) of \(last)") }
    }

    private func middleAndMost(_ lag: LagTally) -> String {
        [0.5, 0.99].map { text(lag.quantile($0), 1) }.joined(separator: " | ")
    }
}

import Federation
import Registry
import TestSupport

/// One world in one thread, under a clock of its own: everything in it follows from the seed.
struct Simulation {
    /// What is wrong at the first moment at which anything is; empty when nothing ever was.
    private(set) var wrongs: [String] = []
    private let clock = SimulatedClock()
    private let policy: MergePolicy
    private let registry: FederatedRegistry
    private var random: SeededGenerator
    private var sources: [SimulatedSource] = []
    /// Reads after every step, so that it misses nothing.
    private var auditor: Subscriber
    private var subscribers: [Subscriber] = []

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        policy = random.pick([.precedence, .precedence, .newest, .oldest])
        var trust = GuardPolicy()
        trust.damping?.changes = random.pick([3, 10])
        let ids = ["a", "b", "c"].prefix(1 + random.below(3)).map { SourceID($0) }
        let statuses = ids.map {
            SourceStatus(source: $0, plugin: "simulated", endpoints: [], since: UnixTime(nanoseconds: 0))
        }
        registry = FederatedRegistry(
            sources: statuses, trust: Dictionary(uniqueKeysWithValues: ids.map { ($0, trust) }),
            merging: MergePolicies(policy), epoch: seed, logCapacity: 200, clock: clock)
        auditor = Subscriber(registry)
        let log = LogRecorder()
        for status in statuses {
            var staleness = StalenessPolicy()
            staleness.after = .seconds(5 + random.below(30))
            staleness.treatment = random.pick(StalenessPolicy.Treatment.allCases)
            staleness.lasting = random.chance(30) ? .seconds(10) : nil
            sources.append(
                SimulatedSource(
                    status, staleness: staleness, registry: registry, clock: clock, log: log, &random))
        }
        self.random = random
    }

    /// How long everything goes wrong, in seconds.
    private static let stormy = 45
    /// How often everything is read then, and at which interval: longer than anything is held, hidden or waited for.
    private static let (calmReads, calmInterval) = (12, Duration.seconds(15))

    mutating func run() {
        for second in 0..<Self.stormy {
            clock.advance(by: .seconds(1))
            if random.chance(2) { clock.jump(by: .seconds(random.pick([3_600, -3_600]))) }
            for index in sources.indices.shuffled(using: &random) {
                let standings = registry.standings
                sources[index].tick(&random)
                audit(standings, "second \(second), source \(sources[index].id)")
            }
            subscribe(second)
            guard wrongs.isEmpty else { return }
        }
        for read in 0..<Self.calmReads {
            clock.advance(by: Self.calmInterval)
            for index in sources.indices {
                let standings = registry.standings
                sources[index].settle(&random)
                audit(standings, "calm read \(read), source \(sources[index].id)")
            }
            // Now that the upstreams are truthful an operator can believe them.
            if read == 0 { for source in sources { source.release() } }
            guard wrongs.isEmpty else { return }
        }
        compare()
    }

    /// Subscribers come at any time, and read when they like.
    private mutating func subscribe(_ second: Int) {
        if random.chance(10) { subscribers.append(Subscriber(registry)) }
        for index in subscribers.indices where random.chance(10) {
            wrongs += subscribers[index].read(registry).wrongs.map { "second \(second), subscriber \(index): \($0)" }
        }
    }

    /// Nothing is doubly created, nobody hears of an end that is none, nor of an instance where none ever was.
    private mutating func audit(_ standings: [SourceID: Standing], _ moment: String) {
        let (batches, found) = auditor.read(registry)
        wrongs += found.map { "\(moment): \($0)" }
        guard auditor.restarts == 0 else {
            wrongs.append("\(moment): the auditor has fallen behind")
            return
        }
        let trusted = sources.filter { $0.hasSpoken && isHeard($0.id, standings) }
        for change in batches.flatMap(\.changes) {
            let place = "\(change.microservice.name.name)/\(change.instance.id)"
            guard change.action == .delete else {
                let isReal = sources.contains { $0.id == change.source && $0.upstream.past.contains(place) }
                if !isReal { wrongs.append("\(moment): \(place) is said to run, which \(change.source) never had") }
                continue
            }
            for source in trusted where source.upstream.steady.contains(place) {
                wrongs.append("\(moment): \(place) is withdrawn, which \(source.id) always had")
            }
        }
    }

    /// Whether all that a source has is to be seen, before a step and after it.
    private func isHeard(_ source: SourceID, _ before: [SourceID: Standing]) -> Bool {
        let now = registry.standings
        return [before[source], now[source]].allSatisfy { $0 != .demoted && $0 != .dropped }
    }

    /// At the end the view is what the upstreams hold, and every subscriber knows it.
    private mutating func compare() {
        let expected = ExpectedView(of: sources.map { ($0.id, $0.upstream.store) }, policy)
        let view = registry.view
        wrongs += Replica(of: view.tables).difference(from: expected.replica).map { "in the view, but held: \($0)" }
        var keys: Set<MicroserviceKey> = []
        view.tables.forEachMicroservice { keys.insert($0.key) }
        wrongs += keys.symmetricDifference(expected.microservices).map { "microservice \($0) is in one of them only" }
        for status in view.sources where status.quarantine != nil || status.damped > 0 || status.standing != .full {
            wrongs.append("\(status.source) is not at rest")
        }
        for index in subscribers.indices { wrongs += subscribers[index].read(registry).wrongs }
    }
}

extension FederatedRegistry {
    fileprivate var standings: [SourceID: Standing] {
        Dictionary(uniqueKeysWithValues: view.sources.map { ($0.source, $0.standing) })
    }
}

import Discovery
import Locks
import Logging
import NIOCore
import NIOEmbedded
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import API
@testable import Federation

/// Many instances that register anew at a steady pace, and watchers of all of them, on an event loop and a clock that
/// only move when they are told to.
@Suite struct StormTests {
    /// What becomes of each instance, one step after the other.
    enum Way: CaseIterable {
        case changesTwice, goesAndComesBack
    }

    /// What one watcher has heard.
    private struct Watcher {
        let channel: EmbeddedChannel
        var counts: [String: Int] = [:]
        var last: [String: String] = [:]
        var actions: Set<String> = []
        /// When it heard of the quiet microservice.
        var heardOfQuiet: Duration?
    }

    private final class Clock: Timekeeper {
        private let time = Mutex(Duration.zero)

        func now() -> UnixTime { UnixTime(nanoseconds: 0).advanced(by: uptime()) }
        func uptime() -> Duration { time.withLock { $0 } }
        func sleep(for duration: Duration) async throws { throw CancellationError() }
        func advance(by duration: Duration) { time.withLock { $0 += duration } }
    }

    private static let (instances, providers, consumers, steps) = (2_000, 20, 3, 500)
    private static let (step, window) = (Duration.milliseconds(20), Duration.milliseconds(500))
    private let source = SourceID("a")
    private let clock = Clock()
    private let loop = EmbeddedEventLoop()
    private let federation: FederationService
    private let hub: WatchHub

    init() {
        federation = FederationService(
            sources: [], epoch: 1, logCapacity: 1 << 14,
            coalescing: Coalescer.Policy(window: StormTests.window, holdsFirst: true), clock: clock,
            logger: Logger(label: "test"))
        hub = WatchHub(services: Services(federation: federation, limits: LimitsInForce(.forTests)), eventLoop: loop)
    }

    @Test(
        "2,000 instances that register anew within 10 s are one event each for everybody, and delay nobody else",
        arguments: Way.allCases)
    func storm(_ way: Way) throws {
        try begin()
        var watchers = try (0..<Self.consumers).map { try open("consumer-\($0)") }
        let share = Self.instances / Self.steps
        var quiet: Duration?
        for step in 0...Self.steps {
            var delta = RegistryDelta()
            if step < Self.steps {
                let first = step * share..<(step + 1) * share
                switch way {
                case .changesTwice: delta.instances += first.map { instance($0, "1") }
                case .goesAndComesBack: delta.removedInstances += first.map { instance($0, "").ref }
                }
            }
            if step > 0 { delta.instances += ((step - 1) * share..<step * share).map { instance($0, "2") } }
            if step == Self.steps / 2 {
                delta.instances.append(instance(Self.instances, "2"))
                quiet = clock.uptime()
            }
            federation.registry.apply(delta, from: source)
            try pass(by: Self.step, &watchers)
        }
        for _ in 0..<8 { try pass(by: Self.window / 4, &watchers) }
        let changed = try #require(quiet)
        for watcher in watchers {
            #expect(watcher.counts.count == Self.instances + 1)
            #expect(watcher.counts.values.allSatisfy { $0 == 1 })
            #expect(watcher.last.values.allSatisfy { $0 == "2" })
            #expect(watcher.actions == ["UPDATE"])
            #expect(try #require(watcher.heardOfQuiet) - changed <= Self.window + Self.step * 2)
        }
        #expect(federation.registry.folded == Self.instances)
        for watcher in watchers { _ = try watcher.channel.finish() }
    }

    /// Lets time pass, and everybody hear what is due.
    private func pass(by duration: Duration, _ watchers: inout [Watcher]) throws {
        clock.advance(by: duration)
        federation.registry.tellDue()
        hub.run()
        for _ in 0..<4 { loop.advanceTime(by: .milliseconds(1)) }
        for index in watchers.indices {
            for text in try SentFrames.texts(watchers[index].channel) {
                let event = try WatchEvent(text)
                watchers[index].counts[event.instanceID, default: 0] += 1
                watchers[index].last[event.instanceID] = event.hostName
                watchers[index].actions.insert(event.action)
                if event.instanceID == "i\(Self.instances)" { watchers[index].heardOfQuiet = clock.uptime() }
            }
        }
    }

    /// Instances of the noisy microservices; the last one is that of the quiet one.
    private func instance(_ number: Int, _ host: String) -> Instance {
        var record = InstanceRecord()
        record.id = "i\(number)"
        record.serviceID = number < Self.instances ? "provider-\(number % Self.providers)" : "quiet"
        (record.hostName, record.status) = (host, "UP")
        return record.instance(in: .default, upstreamRevision: 1)
    }

    /// Lets everything be there, and everybody depend on it.
    private func begin() throws {
        let providers = (0..<Self.providers).map { "provider-\($0)" } + ["quiet"]
        let consumers = (0..<Self.consumers).map { "consumer-\($0)" }
        var delta = try RegistryDelta(microservicesOfShop: providers + consumers)
        delta.instances = (0...Self.instances).map { instance($0, "0") }
        federation.registry.apply(delta, from: source)
        let rules = providers.map { ProviderRule(name: name($0), version: "0+") }
        federation.registry.relate(
            consumers.map { (MicroserviceKey(name: name($0), version: "1.0.0"), rules) })
        clock.advance(by: Self.window * 2)
        federation.registry.tellDue()
        clock.advance(by: Self.window * 2)
        hub.run()
    }

    private func name(_ text: String) -> MicroserviceName {
        MicroserviceName(tenant: .default, environment: "", application: "shop", name: text)
    }

    private func open(_ consumer: String) throws -> Watcher {
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let outlet = FrameOutlet()
        try channel.pipeline.syncOperations.addHandlers([outlet, CloseCodec()])
        try channel.pipeline.syncOperations.addHandler(
            WatchConnection(
                .consumer(MicroserviceKey(name: name(consumer), version: "1.0.0")),
                from: federation.registry.view.revision, hub: hub, outlet: outlet, now: hub.uptime))
        return Watcher(channel: channel)
    }
}

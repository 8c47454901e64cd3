import Registry
import ServiceCenterWire
import TestSupport

@testable import Discovery
@testable import Federation

/// A simulated upstream, and the real way from it into the registry: the comparison of dumps, what is told beside
/// them, the intake with its guard, and the lifecycle. It stands where `ServiceCenterSource` and `SourceRunner` stand,
/// without their sockets and tasks.
struct SimulatedSource {
    /// How a read ends that does not succeed.
    private enum Fault: CaseIterable { case unreachable, truncated, reset, garbage, timesOut }

    private struct Reading {
        var update: ServiceCenterSnapshot.Update
        var rest: ArraySlice<UInt8>
        let bytesPerStep: Int
        let fault: Fault?
        let deadline: Duration
        /// Whether it is of what the upstream holds, and that store is still there.
        var isTruthful: Bool
    }

    let id: SourceID
    private(set) var upstream: SimulatedUpstream
    private let registry: FederatedRegistry
    private let clock: SimulatedClock
    private let intake: SourceIntake
    private var lifecycle: SourceLifecycle
    private var snapshot = ServiceCenterSnapshot()
    private var known = KnownMicroservices()
    private var reading: Reading?
    private var nextRead = Duration.zero
    private var frames: [(due: Duration, frame: SimulatedUpstream.Frame)] = []
    /// Until when no read succeeds, and until when no watch stands.
    private var (awayUntil, deafUntil) = (Duration.zero, Duration.zero)
    /// Whether a whole and truthful read came after the last lie. Until then the upstream tells no other lie and does
    /// not fail: nobody can know better for longer than a withdrawal is held.
    private var isTrusted = false
    /// Whether it has asked for a read that begins from now on.
    private var isReadWanted = false

    init(
        _ status: SourceStatus, staleness: StalenessPolicy, registry: FederatedRegistry, clock: SimulatedClock,
        log: LogRecorder, _ random: inout SeededGenerator
    ) {
        id = status.source
        (self.registry, self.clock) = (registry, clock)
        let counters = SourceCounters()
        let log = TransitionLog(source: id, counters: counters, journal: nil, logger: log.logger)
        intake = SourceIntake(id, registry: registry, counters: counters, store: nil, log: log)
        lifecycle = SourceLifecycle(status, staleness: staleness)
        upstream = SimulatedUpstream(id.name, &random)
    }

    /// Whether it was ever read.
    var hasSpoken: Bool { lifecycle.status.lastSuccess != nil }

    /// One second of everything that may go wrong.
    mutating func tick(_ random: inout SeededGenerator) {
        let now = clock.uptime()
        if isTrusted { disturb(at: now, &random) }
        for frame in upstream.tick(at: now.wholeSeconds, &random) { send(frame, at: now, &random) }
        deliver(at: now, &random)
        if reading == nil, isReadWanted || now >= nextRead { begin(at: now, &random) }
        advance(at: now, &random)
        if random.chance(5) { registry.hold(id) }
        if random.chance(5) { _ = intake.release(for: isTrusted && upstream.isTruthful) }
        passTime()
    }

    /// Nothing goes wrong any more: reads the upstream as it is.
    mutating func settle(_ random: inout SeededGenerator) {
        (reading, frames) = (nil, [])
        (awayUntil, deafUntil) = (.zero, .zero)
        upstream.recover(at: clock.uptime().wholeSeconds, &random)
        isTrusted = false
        begin(at: clock.uptime(), &random)
        while reading != nil { advance(at: clock.uptime(), &random) }
        passTime()
    }

    /// An operator believes it all.
    func release() { _ = intake.release() }

    private mutating func disturb(at now: Duration, _ random: inout SeededGenerator) {
        if random.chance(4) { awayUntil = now + .seconds(random.below(40)) }
        // A storm of reconnects is a watch that stands for a moment now and then.
        if now >= deafUntil, random.chance(10) {
            deafUntil = now + .seconds(1 + random.below(8))
            nextRead = now
        }
        if random.chance(8) {
            upstream.misbehave(at: now.wholeSeconds, &random)
            reading?.isTruthful = false
            isTrusted = false
            awayUntil = now
        }
    }

    private mutating func passTime() {
        _ = intake.settle()
        if let transition = lifecycle.age(at: clock.uptime()) {
            if case .standing(_, let standing) = transition { registry.give(standing, to: id) }
        }
    }
}

/// What is told beside the dumps.
extension SimulatedSource {
    /// A frame is lost, told twice, or late; late ones overtake each other.
    private mutating func send(_ frame: SimulatedUpstream.Frame, at now: Duration, _ random: inout SeededGenerator) {
        guard now >= deafUntil, !random.chance(15) else { return }
        for _ in 0..<(random.chance(10) ? 2 : 1) {
            let delay = random.chance(70) ? 0 : 1 + random.below(4)
            frames.append((now + .seconds(delay), frame))
        }
    }

    private mutating func deliver(at now: Duration, _ random: inout SeededGenerator) {
        let due = frames.filter { $0.due <= now }
        frames.removeAll { $0.due <= now }
        for (_, frame) in random.chance(20) ? due.shuffled(using: &random) : due { hear(frame) }
    }

    private mutating func hear(_ frame: SimulatedUpstream.Frame) {
        let service = ServiceRef(tenant: .default, id: ServiceID(frame.serviceID))
        known.hear(of: service, as: UpstreamStore.key(ofService: frame.service))
        guard !known.contradicts(service, UpstreamStore.key(ofService: frame.service)) else {
            return isReadWanted = true
        }
        let key = UpstreamStore.key(of: frame.member, under: frame.serviceID)
        guard let value = frame.value else { return tell(snapshot.withdraw(key: key)) }
        tell(.instances, key, value)
        guard !known.knows(service), let found = upstream.store.services.first(where: { $0.id == frame.serviceID })
        else { return }
        guard !known.contradicts(service, UpstreamStore.key(ofService: found.name)) else { return isReadWanted = true }
        tell(.services, UpstreamStore.key(of: found.id), found.value)
    }

    private mutating func tell(_ table: DumpTable, _ key: String, _ value: String) {
        var decoder = DumpDecoder()
        let entry = try? decoder.decode(
            table, key: key, revision: snapshot.nextRevision(), cluster: "up", value: Array(value.utf8))
        if let entry { tell(snapshot.tell(entry, key: key)) }
    }

    private mutating func tell(_ delta: RegistryDelta) {
        var delta = delta
        known.learn(&delta)
        known.forget(&delta)
        if !delta.isEmpty { intake.hear(delta) }
    }
}

/// Reads.
extension SimulatedSource {
    private mutating func begin(at now: Duration, _ random: inout SeededGenerator) {
        let isFaulty = isTrusted && (now < awayUntil || random.chance(15))
        let fault = isFaulty ? random.pick(Fault.allCases) : nil
        var bytes = fault == .garbage ? Array("<html>502</html>".utf8) : upstream.answer.dump(&random)
        if fault == .truncated || fault == .reset { bytes.removeLast(1 + random.below(bytes.count)) }
        intake.readBegins()
        isReadWanted = false
        let steps = random.chance(60) ? 1 : 1 + random.below(6)
        reading = Reading(
            update: snapshot.beginUpdate(at: now), rest: bytes[...], bytesPerStep: bytes.count / steps + 1,
            fault: fault,
            deadline: now + .seconds(8), isTruthful: upstream.isTruthful)
    }

    private mutating func advance(at now: Duration, _ random: inout SeededGenerator) {
        guard var current = reading else { return }
        if current.fault == .unreachable { return end(.unreachable("away"), at: now, &random) }
        if current.fault == .timesOut {
            if now >= current.deadline { end(.timedOut("silent"), at: now, &random) }
            return
        }
        let piece = current.rest.prefix(current.bytesPerStep)
        current.rest = current.rest.dropFirst(piece.count)
        reading = current
        do throws(JSONError) {
            try reading?.update.feed(Array(piece), against: &snapshot)
            guard current.rest.isEmpty else { return }
            if current.fault == .reset { return end(.unreachable("reset"), at: now, &random) }
            try reading?.update.finish()
        } catch {
            return end(.malformed(error.problem, offset: error.offset), at: now, &random)
        }
        commit(at: now, &random)
    }

    private mutating func end(_ failure: SourceFailure, at now: Duration, _ random: inout SeededGenerator) {
        _ = lifecycle.failed(failure, at: clock.now())
        finish(at: now, &random)
    }

    private mutating func commit(at now: Duration, _ random: inout SeededGenerator) {
        guard let done = reading else { return }
        var delta = snapshot.commit(done.update, after: known)
        known.learn(&delta)
        known.forget(&delta)
        let isFirstWord = lifecycle.status.lastSuccess == nil
        intake.hear(wholeRead: delta, isFirstWord: isFirstWord, at: clock.now())
        _ = lifecycle.succeeded(at: clock.now(), uptime: now, upstreamName: done.update.upstreamName)
        intake.confirm(at: clock.now(), upstreamName: lifecycle.status.upstreamName)
        if done.isTruthful, upstream.isTruthful { isTrusted = true }
        finish(at: now, &random)
    }

    private mutating func finish(at now: Duration, _ random: inout SeededGenerator) {
        reading = nil
        nextRead = now + .seconds(1 + random.below(8))
        let status = lifecycle.status
        registry.update(id) { $0 = status }
    }
}

extension SourceIntake {
    /// Releases what is held, when an operator may: he knows whether the upstream lies.
    fileprivate func release(for isTruthful: Bool) -> Int { isTruthful ? release() : 0 }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int(components.seconds) }
}

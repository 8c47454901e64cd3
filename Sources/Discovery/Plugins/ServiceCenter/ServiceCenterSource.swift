package import Registry
import ServiceCenterWire

/// A foreign service-center, read as a whole on an interval. Entries whose bytes did not change since the last read are
/// compared and nothing else.
package actor ServiceCenterSource: Source {
    package nonisolated let profile: SourceProfile
    package nonisolated let writing: WritingPolicy
    let client: ServiceCenterClient
    let clock: any Timekeeper
    private let timeout: Duration
    private let observing: ServiceCenterSettings.Observing
    private let observer: ServiceCenterObserver
    private var snapshot: ServiceCenterSnapshot
    /// Who is told of changes beside the reads; nil while nobody listens.
    private var tellBesideReads: (@Sendable (SourceNews) -> Void)?
    private var known = KnownMicroservices()
    private var missed = MissedChanges()
    /// How changes are heard.
    private var observation = Observation.polled(reason: nil)
    /// Who is told which parts there are to watch, nil while nobody listens; and what was told last.
    private var wanted: AsyncStream<ServiceCenterObserver.Signal>.Continuation?
    private var told: (version: Int, isMainstem: Bool)?
    /// Entries that are to be looked up, those that are being looked up among them.
    private var unclear: (continuation: AsyncStream<Unclear>.Continuation, entries: Set<Unclear>)?
    private var fresh = FreshEntries()
    /// Where a Mainstem's watch of everything goes on after a break; empty for its beginning.
    var cursor = ""
    /// The upstream's process, when it is a Mainstem.
    private(set) var process = ""
    /// What the upstream called itself last.
    private var upstreamName = ""
    /// Entries that are looked up at this moment: by how many, and how often they were told meanwhile.
    private var looked: [String: (by: Int, told: Int)] = [:]

    init(
        id: SourceID, location: Location?, settings: ServiceCenterSettings, client: ServiceCenterClient,
        clock: any Timekeeper, ownProcess: String = ""
    ) {
        snapshot = ServiceCenterSnapshot(ownProcess: ownProcess)
        self.client = client
        self.clock = clock
        timeout = settings.timeout
        observing = settings.observe
        observer = ServiceCenterObserver(client: client, limit: settings.maxWatches, clock: clock)
        writing = WritingPolicy(takesOwn: settings.writable, absorbs: settings.absorb)
        profile = SourceProfile(
            id: id, plugin: ServiceCenterPlugin.name, endpoints: client.upstream.endpoints, location: location,
            interval: settings.interval, maxInterval: settings.maxInterval)
    }

    package nonisolated var endpoints: [EndpointStatus] { client.upstream.statuses }

    package func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        try checked(try await readBest(tell))
    }

    /// Asks one endpoint after the other until one answers, the best one first. All of them share one read's time, each
    /// one that is left an equal part of what remains.
    private func readBest(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        let (begun, standing) = (clock.uptime(), missed.standing)
        let order = client.upstream.order
        var failure = SourceFailure.cancelled
        for (attempt, index) in order.enumerated() {
            let left = timeout - (clock.uptime() - begun)
            guard left > .zero else { break }
            do throws(SourceFailure) {
                // Before the dump is asked for: it may be older than what is told from now on.
                let update = snapshot.beginUpdate(at: clock.uptime())
                let response = try await client.openDump(of: index, within: left / (order.count - attempt))
                let reading = try await take(update, response, from: profile.endpoints[index], with: standing, tell)
                client.upstream.succeeded(index)
                return reading
            } catch {
                failure = error
                guard !Task.isCancelled else { throw .cancelled }
                client.upstream.failed(index, error)
            }
        }
        throw failure
    }

    /// Compares one whole answer with the last one, and tells the difference in the same turn, so that nothing that is
    /// told beside it comes in between. A read that fails on its way leaves no trace.
    private func take(
        _ update: ServiceCenterSnapshot.Update, _ response: TransferResponse, from endpoint: String,
        with standing: MissedChanges.Standing, _ tell: @Sendable (RegistryDelta) -> Void
    ) async throws(SourceFailure) -> SourceReading {
        var update = update
        update.upstream = UpstreamPath(process: response.header(UpstreamPath.header) ?? "")
        process = update.upstream.process
        while let chunk = try await next(response, from: endpoint) {
            do throws(JSONError) {
                try update.feed(chunk, against: &snapshot)
            } catch {
                throw .malformed(error.problem, offset: error.offset)
            }
        }
        do throws(JSONError) {
            try update.finish()
        } catch {
            throw .malformed(error.problem, offset: error.offset)
        }
        var reading = SourceReading()
        var delta = snapshot.commit(update, after: known)
        known.learn(&delta)
        // What is only read anew was not missed.
        if !standing.isEmpty, !update.believesLower { reading.missedChanges = note(delta, with: standing) }
        known.forget(&delta)
        tell(delta)
        tellParts()
        for key in looked.keys { looked[key]?.told += 1 }
        reading.upstreamName = update.upstreamName
        upstreamName = update.upstreamName ?? upstreamName
        reading.entries = update.entries
        reading.decoded = update.decoded
        reading.wireBytes = response.wireBytes
        reading.bodyBytes = response.bodyBytes
        return reading
    }

    private func next(_ response: TransferResponse, from endpoint: String) async throws(SourceFailure) -> [UInt8]? {
        do throws(TransferFailure) {
            return try await response.nextChunk()
        } catch {
            throw SourceFailure(error, at: endpoint)
        }
    }

    /// A read that succeeded, unless the source must be observed and is not.
    private func checked(_ reading: SourceReading) throws(SourceFailure) -> SourceReading {
        if observing == .required, let reason = observation.reason { throw .unobserved(reason) }
        return reading
    }

    /// Takes whoever is told of what happens beside the reads, and has the upstream observed meanwhile.
    package func follow(_ tell: @escaping @Sendable (SourceNews) -> Void) async {
        tellBesideReads = tell
        if observing == .off {
            while !Task.isCancelled { try? await clock.sleep(for: .seconds(3_600)) }
        } else {
            await observe()
        }
        tellBesideReads = nil
    }

    private func observe() async {
        let (signals, signal) = AsyncStream.makeStream(of: ServiceCenterObserver.Signal.self)
        let (entries, entry) = AsyncStream.makeStream(of: Unclear.self)
        (wanted, told, unclear) = (signal, nil, (entry, []))
        tellParts()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.observer.run(signals, signal, for: self) }
            for await entry in entries {
                group.addTask {
                    await self.settle(entry)
                    await self.settled(entry)
                }
            }
        }
        (wanted, unclear) = (nil, nil)
    }

    /// Whether what is heard beside the reads can be told.
    var isFollowed: Bool { tellBesideReads != nil }

    /// How often an entry is looked up anew before the dump is read instead.
    static let maxLooks = 5

    /// Looks an entry up, and takes in what comes, unless something newer was told while the answer was on its way:
    /// then it looks once more. `take` does that without waiting.
    func look<Answer: Sendable>(
        for key: String, _ ask: () async -> Answer, _ take: (Answer) -> Bool
    ) async -> Bool {
        looked[key, default: (0, 0)].by += 1
        defer {
            looked[key]?.by -= 1
            if looked[key]?.by == 0 { looked[key] = nil }
        }
        for _ in 0..<ServiceCenterSource.maxLooks {
            let told = looked[key]?.told
            let answer = await ask()
            if looked[key]?.told == told { return take(answer) }
        }
        return false
    }

    /// Takes in an entry as the upstream has it now, by this path, and from where it says (nil when it does not, as no
    /// service-center does: then it is from where it was). False when only a read can tell what that does to others:
    /// its ID gets another microservice, or what was known at first hand comes back from ourselves.
    func hear(
        _ table: DumpTable, key: String, value: [UInt8], path: String, origin: String?, because cause: Cause = .told
    ) throws(JSONError) -> Bool {
        var decoder = DumpDecoder()
        decoder.path = path
        let entry = try decoder.decode(
            table, key: key, revision: snapshot.nextRevision(),
            cluster: origin ?? snapshot.origin(key: key) ?? upstreamName, value: value)
        if case .microservice(let said) = entry, isRenamed(said.ref, said.key) { return false }
        if snapshot.losesFirstHand(key: key, path: decoder.path) { return false }
        looked[key]?.told += 1
        tell(snapshot.tell(entry, key: key, path: decoder.path), because: cause)
        return true
    }

    /// Takes in that the upstream has an entry no longer.
    func hearEnd(key: String, because cause: Cause = .told) {
        looked[key]?.told += 1
        tell(snapshot.withdraw(key: key), because: cause)
    }

    private func tell(_ delta: RegistryDelta, because cause: Cause) {
        var delta = delta
        delta.cause = cause
        known.learn(&delta)
        known.forget(&delta)
        tellParts()
        if !delta.isEmpty { tellBesideReads?(.delta(delta)) }
    }

    private func tellParts() {
        let now = (version: known.partsVersion, isMainstem: !process.isEmpty)
        guard let wanted, told.map({ $0 != now }) ?? true else { return }
        told = now
        wanted.yield(.parts(known.parts, isMainstem: now.isMainstem))
    }
}

/// What observing a service-center needs to know of it and to remember.
extension ServiceCenterSource {
    /// How many entries are looked up at a time, else a read is asked for.
    private static let maxUnclear = 32

    /// Whether the upstream has told of a microservice, and be it one that came from ourselves.
    func knows(_ service: ServiceRef) -> Bool {
        known.knows(service) || snapshot.value(key: DumpKey.service(service)) != nil
    }

    /// Whether an ID is known to mean another microservice than the one that is said; what an unknown one means is
    /// remembered.
    func isRenamed(_ service: ServiceRef, _ key: MicroserviceKey?) -> Bool {
        guard let key else { return false }
        known.hear(of: service, as: key)
        return known.contradicts(service, key)
    }

    func askForRead() { tellBesideReads?(.readSoon) }

    func noteFrame(of instance: InstanceRef) { missed.told(instance) }

    /// A watch stands: from now on, but not before, everything in its part is told. One that is resumed tells what was
    /// missed, too.
    func watchStands(_ part: ObservedPart, isResumed: Bool) {
        missed.stands(part)
        if !isResumed { askForRead() }
    }

    func watchEnded(_ part: ObservedPart) { missed.ended(part) }

    func take(_ observation: Observation) {
        guard observation != self.observation else { return }
        let failed = self.observation.reason != nil
        self.observation = observation
        tellBesideReads?(.observation(observation))
        // Whether the source fails is shown by its next read.
        if observing == .required, failed != (observation.reason != nil) { askForRead() }
    }

    /// Takes in what a read of an observed source has found; returns how many changes were missed before it.
    private func note(_ delta: RegistryDelta, with standing: MissedChanges.Standing) -> Int {
        let changed = (delta.instances.map(\.ref) + delta.removedInstances).compactMap { instance in
            known.part(of: instance.service).map { (instance, standing[.everything] == nil ? $0 : .everything) }
        }
        noteFresh(changed.prefix(FreshEntries.capacity).map { DumpKey.instance($0.0) })
        return missed.read(changed, begunWith: standing, at: clock.uptime())
    }

    /// Entries have become known in another way than by a frame.
    func noteFresh(_ keys: [String]) { fresh.note(keys, at: clock.uptime()) }

    /// Whether a frame that says this value of an entry, or that it is gone, may be older than what is known of it.
    func mayBeOld(_ value: [UInt8]?, key: String) -> Bool {
        fresh.has(key, at: clock.uptime()) && snapshot.value(key: key) != value
    }

    /// Has an entry looked up, beside everything else.
    func lookUp(_ entry: Unclear) {
        guard let unclear, unclear.entries.count < ServiceCenterSource.maxUnclear else { return askForRead() }
        guard self.unclear?.entries.insert(entry).inserted == true else { return }
        unclear.continuation.yield(entry)
    }

    private func settled(_ entry: Unclear) { self.unclear?.entries.remove(entry) }
}

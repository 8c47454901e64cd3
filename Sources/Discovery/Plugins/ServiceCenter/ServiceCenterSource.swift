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
    private var snapshot = ServiceCenterSnapshot()
    /// Who is told of changes beside the reads; nil while nobody listens.
    private var tellBesideReads: (@Sendable (RegistryDelta) -> Void)?
    /// What the upstream called itself last.
    private var upstreamName = ""
    /// Entries that are looked up at this moment: by how many, and how often they were told meanwhile.
    private var looked: [String: (by: Int, told: Int)] = [:]

    init(
        id: SourceID, location: Location?, settings: ServiceCenterSettings, client: ServiceCenterClient,
        clock: any Timekeeper
    ) {
        self.client = client
        self.clock = clock
        timeout = settings.timeout
        writing = WritingPolicy(takesOwn: settings.writable, absorbs: settings.absorb)
        profile = SourceProfile(
            id: id, plugin: ServiceCenterPlugin.name, endpoints: client.upstream.endpoints, location: location,
            interval: settings.interval)
    }

    package nonisolated var endpoints: [EndpointStatus] { client.upstream.statuses }

    /// Asks one endpoint after the other until one answers, the best one first. All of them share one read's time, each
    /// one that is left an equal part of what remains.
    package func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        let begun = clock.uptime()
        let order = client.upstream.order
        var failure = SourceFailure.cancelled
        for (attempt, index) in order.enumerated() {
            let left = timeout - (clock.uptime() - begun)
            guard left > .zero else { break }
            do throws(SourceFailure) {
                let response = try await client.openDump(of: index, within: left / (order.count - attempt))
                let reading = try await take(response, from: profile.endpoints[index], tell)
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
        _ response: TransferResponse, from endpoint: String, _ tell: @Sendable (RegistryDelta) -> Void
    ) async throws(SourceFailure) -> SourceReading {
        var update = snapshot.beginUpdate()
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
        tell(snapshot.commit(update))
        for key in looked.keys { looked[key]?.told += 1 }
        var reading = SourceReading()
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

    /// Takes whoever is told of what happens beside the reads.
    package func follow(_ tell: @escaping @Sendable (RegistryDelta) -> Void) async {
        tellBesideReads = tell
        while !Task.isCancelled { try? await clock.sleep(for: .seconds(3_600)) }
        tellBesideReads = nil
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

    /// Takes in one entry as the upstream has it now, and tells it when it is new or different.
    func hear(_ table: DumpTable, key: String, value: [UInt8]) throws(JSONError) {
        var decoder = DumpDecoder()
        let entry = try decoder.decode(
            table, key: key, revision: snapshot.nextRevision(), cluster: upstreamName, value: value)
        looked[key]?.told += 1
        tell(snapshot.tell(entry, key: key))
    }

    /// Takes in that the upstream has an entry no longer.
    func hearEnd(key: String) {
        looked[key]?.told += 1
        tell(snapshot.withdraw(key: key))
    }

    private func tell(_ delta: RegistryDelta) {
        if !delta.isEmpty { tellBesideReads?(delta) }
    }
}

package import Registry
import ServiceCenterWire

/// A foreign service-center, read as a whole on an interval. Entries whose bytes did not change since the last read are
/// compared and nothing else.
package actor ServiceCenterSource: Source {
    package nonisolated let profile: SourceProfile
    package nonisolated let writing: WritingPolicy
    let client: ServiceCenterClient
    private let clock: any Timekeeper
    private let timeout: Duration
    private var snapshot = ServiceCenterSnapshot()
    /// The endpoint that answered last.
    private(set) var preferred = 0

    init(
        id: SourceID, location: Location?, settings: ServiceCenterSettings, client: ServiceCenterClient,
        clock: any Timekeeper
    ) {
        self.client = client
        self.clock = clock
        timeout = settings.timeout
        writing = WritingPolicy(takesOwn: settings.writable, absorbs: settings.absorb)
        profile = SourceProfile(
            id: id, plugin: ServiceCenterPlugin.name, endpoints: client.endpoints, location: location,
            interval: settings.interval)
    }

    /// Asks one endpoint after the other until one answers, starting with the one that answered last. All of them share
    /// one read's time, each one that is left an equal part of what remains.
    package func read() async throws(SourceFailure) -> SourceReading {
        let begun = clock.uptime()
        let count = profile.endpoints.count
        var failure = SourceFailure.cancelled
        for attempt in 0..<count {
            let index = (preferred + attempt) % count
            let left = timeout - (clock.uptime() - begun)
            guard left > .zero else { break }
            do throws(SourceFailure) {
                let response = try await client.openDump(of: index, within: left / (count - attempt))
                let reading = try await take(response, from: profile.endpoints[index])
                preferred = index
                return reading
            } catch {
                failure = error
                guard !Task.isCancelled else { throw .cancelled }
            }
        }
        throw failure
    }

    /// Compares one whole answer with the last one. A read that fails on its way leaves no trace.
    private func take(_ response: TransferResponse, from endpoint: String) async throws(SourceFailure) -> SourceReading
    {
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
        var reading = SourceReading(delta: snapshot.commit(update))
        reading.upstreamName = update.upstreamName
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
}

package import Discovery
package import Logging
package import Registry

/// Drives one source: reads it again and again, believes what it says, and keeps its status. Where the comparison of a
/// whole dump runs, no other source is held up.
package actor SourceRunner {
    private let source: any Source
    private let registry: FederatedRegistry
    private let counters: SourceCounters
    private let clock: any Timekeeper
    private let logger: Logger
    private var lifecycle: SourceLifecycle
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    package init(
        _ source: any Source, registry: FederatedRegistry, counters: SourceCounters, clock: any Timekeeper,
        logger: Logger
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(source.profile.id)"
        self.logger = logger
        lifecycle = SourceLifecycle(SourceStatus(source.profile, since: clock.now()))
    }

    /// Reads at once, then on the source's interval, and listens in between; ends with its task.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follow() }
            group.addTask { await self.poll() }
        }
    }

    private nonisolated func follow() async {
        let (registry, counters, id) = (registry, counters, source.profile.id)
        await source.follow { delta in
            counters.changed(id, registry.apply(delta, from: id))
        }
    }

    private func poll() async {
        let backoff = Backoff(interval: source.profile.interval)
        while !Task.isCancelled {
            await refresh()
            let pause = backoff.pause(
                afterFailures: lifecycle.status.consecutiveFailures, jitter: .random(in: 0..<1))
            try? await clock.sleep(for: pause)
        }
    }

    /// Reads the source, and returns when everything that it held at the time of the call is visible. One read runs at
    /// a time; calls that come while one runs share the next one. False when the read failed.
    @discardableResult
    package func refresh() async -> Bool {
        if isReading {
            guard await withCheckedContinuation({ waiting.append($0) }) else {
                return lifecycle.status.consecutiveFailures == 0
            }
        }
        isReading = true
        let sharing = waiting
        waiting = []
        await readOnce()
        for continuation in sharing { continuation.resume(returning: false) }
        if waiting.isEmpty {
            isReading = false
        } else {
            waiting.removeFirst().resume(returning: true)
        }
        return lifecycle.status.consecutiveFailures == 0
    }

    private func readOnce() async {
        let begun = clock.uptime()
        do throws(SourceFailure) {
            let (registry, counters, id) = (registry, counters, source.profile.id)
            let isFirstWord = lifecycle.status.lastSuccess == nil
            let reading = try await source.read { delta in
                counters.changed(id, registry.apply(delta, from: id, isFirstWord: isFirstWord))
            }
            counters.succeeded(id, reading, took: clock.uptime() - begun)
            report(lifecycle.succeeded(at: clock.now(), upstreamName: reading.upstreamName), reading)
        } catch {
            guard !Task.isCancelled else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            report(lifecycle.failed(error, at: clock.now()), error)
        }
    }

    private func report(_ transition: SourceLifecycle.Transition?, _ reading: SourceReading) {
        publish()
        guard let transition else { return }
        logger.info(
            "source is synced",
            metadata: ["was": "\(transition.from)", "entries": "\(reading.entries)", "bytes": "\(reading.bodyBytes)"])
    }

    private func report(_ transition: SourceLifecycle.Transition?, _ failure: SourceFailure) {
        publish()
        guard let transition else { return }
        logger.warning(
            "source cannot be read; what it said last stays",
            metadata: ["was": "\(transition.from)", "reason": "\(failure)"])
    }

    private func publish() {
        let (status, endpoints) = (lifecycle.status, source.endpoints)
        registry.update(source.profile.id) { current in
            let counts = current.counts
            current = status
            current.counts = counts
            current.endpoints = endpoints
        }
    }
}

extension SourceStatus {
    /// The status of a source that was not read yet.
    package init(_ profile: SourceProfile, since: UnixTime) {
        self.init(
            source: profile.id, plugin: profile.plugin, endpoints: profile.endpoints,
            location: profile.location, since: since)
    }
}

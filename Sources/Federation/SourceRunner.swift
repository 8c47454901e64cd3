package import Discovery
import Locks
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
    private var pace: PollPace
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
        pace = PollPace(interval: source.profile.interval, maxInterval: source.profile.maxInterval)
        lifecycle = SourceLifecycle(SourceStatus(source.profile, since: clock.now()))
    }

    /// Reads at once, then on the source's interval and when the source asks for it, and listens in between; ends with
    /// its task.
    package func run() async {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follow { ask.yield() } }
            group.addTask { await self.poll() }
            group.addTask { await self.read(when: asked) }
        }
    }

    private nonisolated func follow(_ readSoon: @escaping @Sendable () -> Void) async {
        let (registry, counters, id) = (registry, counters, source.profile.id)
        await source.follow { news in
            switch news {
            case .delta(let delta): counters.changed(id, registry.apply(delta, from: id))
            case .observation(let observation): self.take(observation)
            case .readSoon: readSoon()
            }
        }
    }

    private func poll() async {
        let backoff = Backoff(interval: source.profile.interval)
        while !Task.isCancelled {
            await refresh()
            let failures = lifecycle.status.consecutiveFailures
            let pause = backoff.pause(afterFailures: failures, jitter: .random(in: 0..<1))
            try? await clock.sleep(for: failures == 0 ? pace.pause : pause)
        }
    }

    /// Reads when it is asked to, at once but at most once a second: what is asked for meanwhile shares the next read.
    private func read(when asked: AsyncStream<Void>) async {
        for await _ in asked {
            await refresh()
            try? await clock.sleep(for: .seconds(1))
        }
    }

    /// Shows how the source's changes are heard now; one line of log when that is another way than before.
    private nonisolated func take(_ observation: Observation) {
        var before = observation
        registry.update(source.profile.id) { status in
            before = status.observation
            status.observation = observation
        }
        switch (before, observation) {
        case (_, .observed(let watches, let wanted, _)) where before.mode != observation.mode:
            logger.info("source is observed", metadata: ["watches": "\(watches)", "wanted": "\(wanted)"])
        case (_, .polled(let reason?)) where before.mode != observation.mode || before.reason == nil:
            logger.warning("source is not observed, but polled", metadata: ["reason": "\(reason)"])
        default: break
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
            let foundChange = Mutex(false)
            let reading = try await source.read { delta in
                foundChange.withLock { $0 = !delta.isEmpty }
                counters.changed(id, registry.apply(delta, from: id, isFirstWord: isFirstWord))
            }
            let took = clock.uptime() - begun
            counters.succeeded(id, reading, took: took)
            pace.succeeded(took: took, foundChange: foundChange.withLock { $0 })
            report(lifecycle.succeeded(at: clock.now(), upstreamName: reading.upstreamName), reading)
        } catch {
            guard !Task.isCancelled else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            pace.failed()
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
        let status = lifecycle.status
        registry.update(source.profile.id) { current in
            let (counts, observation) = (current.counts, current.observation)
            current = status
            (current.counts, current.observation) = (counts, observation)
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

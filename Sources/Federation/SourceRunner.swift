package import Discovery
package import Logging
package import Registry

/// Drives one source: reads it again and again, believes what it says, and keeps its status. Where the comparison of a
/// whole dump runs, no other source is held up.
package actor SourceRunner {
    let source: any Source
    let registry: FederatedRegistry
    private let counters: SourceCounters
    let store: SnapshotStore?
    let intake: SourceIntake
    let journal: Journal?
    let clock: any Timekeeper
    let logger: Logger
    var lifecycle: SourceLifecycle
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    /// `store` keeps what the source says for the next restart; nil when nothing is kept, or the source does it itself.
    package init(
        _ source: any Source, registry: FederatedRegistry, counters: SourceCounters, store: SnapshotStore? = nil,
        journal: Journal? = nil, clock: any Timekeeper, logger: Logger
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.store = store
        self.journal = journal
        intake = SourceIntake(source.profile.id, registry: registry, counters: counters, store: store)
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
            group.addTask { await self.keep() }
        }
    }

    private nonisolated func follow() async {
        let intake = intake
        await source.follow { intake.hear($0) }
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
            let (intake, clock) = (intake, clock)
            // What was restored is known here: what is not in it is new to everybody.
            let isFirstWord = lifecycle.status.lastSuccess == nil
            let reading = try await source.read { delta in
                intake.hear(wholeRead: delta, isFirstWord: isFirstWord, at: clock.now())
            }
            counters.succeeded(source.profile.id, reading, took: clock.uptime() - begun)
            let transition = lifecycle.succeeded(at: clock.now(), upstreamName: reading.upstreamName)
            intake.confirm(at: clock.now(), upstreamName: lifecycle.status.upstreamName)
            report(transition, reading)
        } catch {
            guard !Task.isCancelled else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            report(lifecycle.failed(error, at: clock.now()), error)
        }
    }

    private func report(_ transition: SourceLifecycle.Transition?, _ reading: SourceReading) {
        publish()
        guard let transition else { return }
        journal?.note(source.profile.id, from: transition.from.rawValue, to: transition.to.rawValue)
        logger.info(
            "source is synced",
            metadata: ["was": "\(transition.from)", "entries": "\(reading.entries)", "bytes": "\(reading.bodyBytes)"])
    }

    private func report(_ transition: SourceLifecycle.Transition?, _ failure: SourceFailure) {
        publish()
        guard let transition else { return }
        journal?.note(
            source.profile.id, from: transition.from.rawValue, to: transition.to.rawValue, reason: "\(failure)")
        logger.warning(
            "source cannot be read; what it said last stays",
            metadata: ["was": "\(transition.from)", "reason": "\(failure)"])
    }

    func publish() {
        let status = lifecycle.status
        registry.update(source.profile.id) { current in
            let (counts, notKept) = (current.counts, current.notKept)
            current = status
            current.counts = counts
            current.notKept = notKept
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

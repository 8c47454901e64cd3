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
    let clock: any Timekeeper
    let logger: Logger
    private let log: TransitionLog
    var lifecycle: SourceLifecycle
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    /// `store` keeps what the source says for the next restart; nil when nothing is kept, or the source does it itself.
    package init(
        _ source: any Source, staleness: StalenessPolicy = StalenessPolicy(), registry: FederatedRegistry,
        counters: SourceCounters, store: SnapshotStore? = nil, clock: any Timekeeper, logger: Logger
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.store = store
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(source.profile.id)"
        self.logger = logger
        log = TransitionLog(source: source.profile.id, counters: counters, logger: logger)
        intake = SourceIntake(source.profile.id, registry: registry, counters: counters, store: store, log: log)
        lifecycle = SourceLifecycle(SourceStatus(source.profile, since: clock.now()), staleness: staleness)
    }

    /// Reads at once, then on the source's interval, and listens in between; ends with its task.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follow() }
            group.addTask { await self.poll() }
            group.addTask { await self.settle() }
            group.addTask { await self.watchAge() }
            group.addTask { await self.keep() }
        }
    }

    private nonisolated func follow() async {
        let intake = intake
        await source.follow { intake.hear($0) }
    }

    /// How often what is held back is looked at.
    private static let settlingPause = Duration.seconds(1)

    /// Believes what time has made believable.
    private nonisolated func settle() async {
        for await _ in intake.attention {
            var isWaiting = true
            while isWaiting, !Task.isCancelled {
                try? await clock.sleep(for: SourceRunner.settlingPause)
                isWaiting = intake.settle()
            }
        }
    }

    /// Gives the source the standing that the age of its data has by its policy.
    private func watchAge() async {
        while !Task.isCancelled, let pause = lifecycle.pause(at: clock.uptime()) {
            try? await clock.sleep(for: pause)
            takeAge()
        }
    }

    private func takeAge() {
        guard let transition = lifecycle.age(at: clock.uptime()) else { return }
        registry.give(lifecycle.status.standing, to: source.profile.id)
        publish()
        log.tell(transition)
    }

    /// Holds whatever the source withdraws from now on.
    nonisolated func hold() { registry.hold(source.profile.id) }

    /// Believes what is held; gives how many instances that withdraws.
    nonisolated func release() -> Int { intake.release() }

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
            let transition = lifecycle.succeeded(
                at: clock.now(), uptime: clock.uptime(), upstreamName: reading.upstreamName)
            intake.confirm(at: clock.now(), upstreamName: lifecycle.status.upstreamName)
            publish()
            if let transition {
                log.tell(transition, ["entries": "\(reading.entries)", "bytes": "\(reading.bodyBytes)"])
            }
            takeAge()
        } catch {
            guard !Task.isCancelled else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            let transition = lifecycle.failed(error, at: clock.now())
            publish()
            if let transition { log.tell(transition, ["reason": "\(error)"]) }
        }
    }

    func publish() {
        let (status, endpoints) = (lifecycle.status, source.endpoints)
        registry.update(source.profile.id) { current in
            let (counts, notKept) = (current.counts, current.notKept)
            current = status
            current.counts = counts
            current.endpoints = endpoints
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

package import Discovery
package import Logging
package import Registry

/// Drives one source: reads it again and again, believes what it says, and keeps its status. Where the comparison of a
/// whole dump runs, no other source is held up.
package actor SourceRunner {
    let source: any Source
    let registry: FederatedRegistry
    let store: SnapshotStore?
    let intake: SourceIntake
    let clock: any Timekeeper
    let logger: Logger
    var lifecycle: SourceLifecycle
    private let counters: SourceCounters
    private let journal: Journal?
    /// Told when time alone may make more of the source's word believable.
    private let attention: AsyncStream<Void>
    private let askForAttention: AsyncStream<Void>.Continuation
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    /// `store` keeps what the source says for the next restart; nil when nothing is kept, or the source does it itself.
    package init(
        _ source: any Source, staleness: StalenessPolicy = StalenessPolicy(), registry: FederatedRegistry,
        counters: SourceCounters, store: SnapshotStore? = nil, journal: Journal? = nil, clock: any Timekeeper,
        logger: Logger
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
        self.store = store
        self.journal = journal
        intake = SourceIntake(source.profile.id, registry: registry, store: store)
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(source.profile.id)"
        self.logger = logger
        lifecycle = SourceLifecycle(SourceStatus(source.profile, since: clock.now()), staleness: staleness)
        (attention, askForAttention) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
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
        await source.follow { delta in self.note(self.intake.hear(delta)) }
    }

    /// How often what is held back is looked at.
    private static let settlingPause = Duration.seconds(1)

    /// Believes what time has made believable.
    private nonisolated func settle() async {
        for await _ in attention {
            var isWaiting = true
            while isWaiting, !Task.isCancelled {
                try? await clock.sleep(for: SourceRunner.settlingPause)
                let admission = intake.settle()
                note(admission)
                isWaiting = admission.isWaiting
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

    func takeAge() {
        guard let transition = lifecycle.age(at: clock.uptime()) else { return }
        registry.give(lifecycle.status.standing, to: source.profile.id)
        publish()
        report(transition)
    }

    /// Holds whatever the source withdraws from now on.
    nonisolated func hold() { registry.hold(source.profile.id) }

    /// Believes what is held; gives how many instances that withdraws.
    nonisolated func release() -> Int {
        let admission = intake.release()
        note(admission)
        return admission.believed.removedInstances.count
    }

    /// Counts and tells what became of the source's word.
    private nonisolated func note(_ admission: Admission) {
        counters.changed(source.profile.id, admission.outcome)
        for news in admission.news { report(.guarded(news)) }
        if admission.isWaiting { askForAttention.yield() }
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
            // What was restored is known here: what is not in it is new to everybody.
            let isFirstWord = lifecycle.status.lastSuccess == nil
            let reading = try await source.read { delta in
                self.note(self.intake.hear(wholeRead: delta, isFirstWord: isFirstWord, at: self.clock.now()))
            }
            counters.succeeded(source.profile.id, reading, took: clock.uptime() - begun)
            let transition = lifecycle.succeeded(
                at: clock.now(), uptime: clock.uptime(), upstreamName: reading.upstreamName)
            if let rest = intake.confirm(at: clock.now(), upstreamName: lifecycle.status.upstreamName) { note(rest) }
            publish()
            if let transition {
                report(transition, ["entries": "\(reading.entries)", "bytes": "\(reading.bodyBytes)"])
            }
            takeAge()
        } catch {
            guard !Task.isCancelled else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            let transition = lifecycle.failed(error, at: clock.now())
            publish()
            if let transition { report(transition, ["reason": "\(error)"]) }
        }
    }

    /// One line of log, one entry of the journal and one count for each transition.
    nonisolated func report(_ transition: SourceLifecycle.Transition, _ facts: Logger.Metadata = [:]) {
        counters.entered(source.profile.id, transition)
        let metadata = facts.merging(transition.facts) { $1 }
        journal?.note(source.profile.id, transition.name, facts: metadata.mapValues(\.description))
        logger.log(level: transition.isGood ? .info : .warning, transition.message, metadata: metadata)
    }

    func publish() {
        let status = lifecycle.status
        registry.update(source.profile.id) { current in
            let notKept = current.notKept
            current = status
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

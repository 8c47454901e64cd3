package import Discovery
import Locks
package import Logging
package import Registry

/// Drives one source: reads it again and again, believes what it says, and keeps its status. Where the comparison of a
/// whole dump runs, no other source is held up.
package actor SourceRunner {
    nonisolated let source: any Source
    let registry: FederatedRegistry
    let counters: SourceCounters
    let store: SnapshotStore?
    let intake: SourceIntake
    let clock: any Timekeeper
    let logger: Logger
    let log: TransitionLog
    var lifecycle: SourceLifecycle
    private var pace: PollPace
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []
    /// It runs until the first one is finished, and finishes the second one then.
    private nonisolated let (stopping, stopNow) = AsyncStream.makeStream(of: Never.self)
    private nonisolated let (running, stopped) = AsyncStream.makeStream(of: Never.self)
    /// Something arrives when the age of the data means something else than before.
    private nonisolated let (judged, judge) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

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
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(source.profile.id)"
        self.logger = logger
        log = TransitionLog(source: source.profile.id, counters: counters, journal: journal, logger: logger)
        intake = SourceIntake(source.profile.id, registry: registry, counters: counters, store: store, log: log)
        lifecycle = SourceLifecycle(SourceStatus(source.profile, since: clock.now()), staleness: staleness)
        pace = PollPace(interval: source.profile.interval, maxInterval: source.profile.maxInterval)
    }

    /// Reads at once, then on the source's interval and when the source asks for it, and listens in between; ends with
    /// its task, or when it is stopped.
    package func run() async {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follow { ask.yield() } }
            group.addTask { await self.poll() }
            group.addTask { await self.read(when: asked) }
            group.addTask { await self.settle() }
            group.addTask { await self.watchAges() }
            group.addTask { await self.keep() }
            for await _ in stopping {}
            group.cancelAll()
        }
        stopped.finish()
    }

    /// Ends it, and lets go of what it keeps open; returns when that is done. Nothing that its source says is taken in
    /// any more, and what was said stays. Called while it runs, or is about to.
    nonisolated func stop() async {
        intake.end()
        stopNow.finish()
        for await _ in running {}
        await source.end()
        await store?.close()
    }

    private nonisolated func follow(_ readSoon: @escaping @Sendable () -> Void) async {
        let intake = intake
        await source.follow { news in
            switch news {
            case .delta(let delta): intake.hear(delta)
            case .observation(let observation): self.take(observation)
            case .readSoon: readSoon()
            }
        }
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

    /// Begins anew whenever another policy says what the age of the data means.
    private nonisolated func watchAges() async {
        var policies = judged.makeAsyncIterator()
        var isOver = false
        while !isOver {
            isOver = await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.watchAge() }
                let isLast = await policies.next() == nil
                group.cancelAll()
                return isLast
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
        guard !intake.hasEnded, let transition = lifecycle.age(at: clock.uptime()) else { return }
        registry.give(lifecycle.status.standing, to: source.profile.id)
        publish()
        log.tell(transition)
    }

    /// Holds whatever the source withdraws from now on.
    nonisolated func hold() { intake.hold(at: clock.now()) }

    /// Believes what is held; gives how many instances that withdraws.
    nonisolated func release() -> Int { intake.release() }

    /// Judges the source by another policy from now on: what it says, and the age of that.
    func adopt(_ policy: SourcePolicy) {
        intake.adopt(policy.trust)
        guard lifecycle.staleness != policy.staleness else { return }
        lifecycle.staleness = policy.staleness
        takeAge()
        publish()
        judge.yield()
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
        guard !intake.hasEnded else { return }
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
        intake.readBegins()
        do throws(SourceFailure) {
            let (intake, clock) = (intake, clock)
            // What was restored is known here: what is not in it is new to everybody.
            let isFirstWord = lifecycle.status.lastSuccess == nil
            let foundChange = Mutex(false)
            let reading = try await source.read { delta in
                foundChange.withLock { $0 = !delta.isEmpty }
                intake.hear(wholeRead: delta, isFirstWord: isFirstWord, at: clock.now())
            }
            let took = clock.uptime() - begun
            guard !intake.hasEnded else { return }
            counters.succeeded(source.profile.id, reading, took: took)
            pace.succeeded(took: took, foundChange: foundChange.withLock { $0 })
            let transition = lifecycle.succeeded(
                at: clock.now(), uptime: clock.uptime(), upstreamName: reading.upstreamName)
            intake.confirm(at: clock.now(), upstreamName: lifecycle.status.upstreamName)
            publish()
            if let transition {
                log.tell(transition, ["entries": "\(reading.entries)", "bytes": "\(reading.bodyBytes)"])
            }
            takeAge()
        } catch {
            guard !Task.isCancelled, !intake.hasEnded else { return }
            counters.failed(source.profile.id, error, took: clock.uptime() - begun)
            pace.failed()
            let transition = lifecycle.failed(error, at: clock.now())
            publish()
            if let transition { log.tell(transition, ["reason": "\(error)"]) }
        }
    }

    func publish() {
        guard !intake.hasEnded else { return }
        var status = lifecycle.status
        status.nextStanding = lifecycle.next(at: clock.uptime())
        (status.endpoints, status.filtered) = (source.endpoints, source.filtered)
        status.secretFault = source.secretFault
        var faultBefore: String?
        registry.update(source.profile.id) { [status] current in
            let (notKept, observation) = (current.notKept, current.observation)
            faultBefore = current.secretFault
            current = status
            (current.notKept, current.observation) = (notKept, observation)
        }
        switch (faultBefore, status.secretFault) {
        case (nil, let fault?):
            let facts: Logger.Metadata = ["reason": "\(fault)"]
            logger.warning("the source's secret cannot be read any more; what it was stays", metadata: facts)
        case (_?, nil): logger.info("the source's secret can be read again")
        default: break
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

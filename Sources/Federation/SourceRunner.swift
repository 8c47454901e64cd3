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
    /// Told when time alone may make more of the source's word believable.
    private let attention: AsyncStream<Void>
    private let askForAttention: AsyncStream<Void>.Continuation
    private var isReading = false
    /// Who waits for a read that begins after now; told whether to make it, or that it was made.
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    package init(
        _ source: any Source, staleness: StalenessPolicy = StalenessPolicy(), registry: FederatedRegistry,
        counters: SourceCounters, clock: any Timekeeper, logger: Logger
    ) {
        self.source = source
        self.registry = registry
        self.counters = counters
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
        }
    }

    private nonisolated func follow() async {
        await source.follow { delta in
            self.note(self.registry.apply(delta, from: self.source.profile.id))
        }
    }

    /// How often what is held back is looked at.
    private static let settlingPause = Duration.seconds(1)

    /// Believes what time has made believable.
    private nonisolated func settle() async {
        for await _ in attention {
            var isWaiting = true
            while isWaiting, !Task.isCancelled {
                try? await clock.sleep(for: SourceRunner.settlingPause)
                let admission = registry.settle(source.profile.id)
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

    private func takeAge() {
        guard let transition = lifecycle.age(at: clock.uptime()) else { return }
        registry.give(lifecycle.status.standing, to: source.profile.id)
        publish()
        report(transition)
    }

    /// Holds whatever the source withdraws from now on.
    nonisolated func hold() { registry.hold(source.profile.id) }

    /// Believes what is held; gives how many instances that withdraws.
    nonisolated func release() -> Int {
        let admission = registry.release(source.profile.id)
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
            let isFirstWord = lifecycle.status.lastSuccess == nil
            let reading = try await source.read { delta in
                self.note(self.registry.apply(delta, from: self.source.profile.id, isFirstWord: isFirstWord))
            }
            counters.succeeded(source.profile.id, reading, took: clock.uptime() - begun)
            let transition = lifecycle.succeeded(
                at: clock.now(), uptime: clock.uptime(), upstreamName: reading.upstreamName)
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

    /// One line of log and one count for each transition.
    private nonisolated func report(_ transition: SourceLifecycle.Transition, _ facts: Logger.Metadata = [:]) {
        counters.entered(source.profile.id, transition)
        let metadata = facts.merging(transition.facts) { $1 }
        logger.log(level: transition.isGood ? .info : .warning, transition.message, metadata: metadata)
    }

    private func publish() {
        let status = lifecycle.status
        registry.update(source.profile.id) { $0 = status }
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

import HashTreeCollections
package import Registry
package import ServiceCenterWire
import Locks

/// An embedded registry as a source and a home. A write is tried on a copy, kept on disk, then told, then answered: in
/// that order, so that nothing is seen that could be lost. Changes are told in the order in which they happened.
package final class LocalSource: Home, SchemaSource, LeaseKeeper {
    private struct State {
        var local: LocalState
        /// Removals that the disk did not take: they go with the next writes.
        var unkept: [StoredEntry] = []
        /// Why the last attempt to keep something failed; nil when it succeeded.
        var failure: StateFailure?
        /// Who is told of changes; what happened before anybody listened waits.
        var tell: (@Sendable (RegistryDelta) -> Void)?
        var untold: [RegistryDelta] = []
        var hasEnded = false

        mutating func publish(_ delta: RegistryDelta) {
            guard !delta.isEmpty else { return }
            if let tell { tell(delta) } else { untold.append(delta) }
        }
    }

    package let profile: SourceProfile
    /// It is never away, and its instances are nobody else's.
    package var writing: WritingPolicy { WritingPolicy(takesOwn: true, absorbs: .zero) }
    private let clock: any Timekeeper
    /// Where the state is kept; nil for a registry that lives in memory alone.
    private let path: String?
    private let store = Mutex<LocalStore?>(nil)
    private let state: Mutex<State>
    private let turns = WriteTurns()

    /// `path` names the file that keeps everything; without it, it ends with the process.
    package init(
        id: SourceID, location: Location? = nil, settings: LocalSettings, path: String? = nil, clock: any Timekeeper
    ) {
        // Nothing is read from outside: the interval is that of noting what is left of leases.
        profile = SourceProfile(
            id: id, plugin: LocalPlugin.name, endpoints: [], location: location, interval: .seconds(10),
            keepsItself: true)
        self.clock = clock
        self.path = path
        state = Mutex(State(local: LocalState(LocalRegistry(settings: settings))))
    }

    /// Tells itself as a microservice, as every service-center does; opens the file and takes over what it has.
    package func restore() async throws(StateFailure) -> RegistryDelta {
        withOurselves(try await open())
    }

    private func withOurselves(_ delta: RegistryDelta) -> RegistryDelta {
        let stamp = "\(clock.now().nanoseconds / 1_000_000_000)"
        var delta = delta
        let own = Dialect.registry(at: stamp).microservice(in: .default, upstreamRevision: 0)
        if !delta.microservices.contains(where: { $0.key == own.key }) { delta.microservices.append(own) }
        return delta
    }

    /// Goes on where another one has ended, with its leases, over the same file, which may have another name by now.
    package func restore(after former: any Source) async throws(StateFailure) -> RegistryDelta {
        let former = (former as? LensedSource<LocalSource>)?.source ?? former
        guard let former = former as? LocalSource else { return try await restore() }
        if let path {
            let opened = try LocalStore(path: path)
            store.withLock { $0 = opened }
        }
        let (local, unkept) = former.state.withLock { ($0.local, $0.unkept) }
        return state.withLock { state in
            state.unkept = unkept
            return withOurselves(state.local.takeOver(local))
        }
    }

    /// Closes its file. A write that is under way is done before.
    package func end() async {
        state.withLock { $0.hasEnded = true }
        // Whoever waits is refused, and whoever has begun comes to its end.
        _ = await turns.take(.expire, keep)
        let open = store.withLock { store in
            defer { store = nil }
            return store
        }
        open?.close()
    }

    private var refusal: ServiceCenterError {
        ServiceCenterError(.unavailable, "the source '\(profile.id)' is being replaced")
    }

    private func open() async throws(StateFailure) -> RegistryDelta {
        guard let path else { return RegistryDelta() }
        let opened = try LocalStore(path: path)
        let kept = try await opened.load()
        var local = state.withLock { $0.local }
        let delta = try local.restore(kept, at: clock.uptime())
        let (restored, orphans) = (local, local.orphans)
        state.withLock { state in
            state.local = restored
            state.unkept = orphans
        }
        store.withLock { $0 = opened }
        return delta
    }

    /// Everything is told as it happens, so that a read finds nothing new: it notes what is left of leases, and fails
    /// while the disk takes nothing.
    package func read(_ tell: @Sendable (RegistryDelta) -> Void) async throws(SourceFailure) -> SourceReading {
        await noteLeases()
        if let failure = state.withLock({ $0.failure }) { throw .notKept(failure.description) }
        return SourceReading()
    }

    package func follow(_ tell: @escaping @Sendable (SourceNews) -> Void) async {
        tell(.observation(.direct))
        state.withLock { state in
            state.tell = { tell(.delta($0)) }
            let untold = state.untold
            state.untold = []
            for delta in untold { state.publish(delta) }
        }
        while !Task.isCancelled {
            if let end = state.withLock({ $0.local.nextEnd }), end <= clock.uptime() {
                _ = await turns.take(.expire, keep)
            }
            let wait = (state.withLock { $0.local.nextEnd } ?? .seconds(3_600)) - clock.uptime()
            // A lease that is granted meanwhile lasts a second or longer.
            try? await clock.sleep(for: max(.milliseconds(10), min(wait, .seconds(1))))
        }
        state.withLock { $0.tell = nil }
        await noteLeases()
    }

    package func schema(_ id: String, of service: ServiceRef) async throws(SourceFailure) -> String? {
        state.withLock { $0.local.registry.holdings[service]?.schemas[id]?.text }
    }

    package func leaseEnd(of instance: InstanceRef) -> UnixTime? {
        let end = state.withLock { $0.local.leaseEnd(of: instance) }
        return end.map { clock.now().advanced(by: $0 - clock.uptime()) }
    }

    package func perform(
        _ write: RegistryWrite, for caller: Caller
    ) async throws(ServiceCenterError) -> WriteAnswer {
        let tenant = caller.tenant
        switch write {
        case .heartbeat, .heartbeats:
            // They change nothing that is kept: they wait for nobody.
            let uptime = clock.uptime()
            return try state.withLock { state -> WriteTurns.Answer in
                if state.hasEnded { return .failure(refusal) }
                do throws(ServiceCenterError) {
                    return .success(try state.local.beat(write, in: tenant, at: uptime))
                } catch {
                    return .failure(error)
                }
            }.get()
        default:
            let moment = LocalRegistry.Moment(time: clock.now(), newInstanceID: ServiceIdentity.newInstanceID())
            var answer = try await turns.take(.perform(write, tenant, moment), keep).get()
            answer.isTold = true
            return answer
        }
    }

    /// Does a set of writes, in their order: tried on a copy, kept on disk together, then told.
    func keep(_ works: [WriteTurns.Work]) async -> [Result<WriteAnswer, ServiceCenterError>] {
        if state.withLock({ $0.hasEnded }) { return works.map { _ in .failure(refusal) } }
        var registry = state.withLock { $0.local.registry }
        var outcomes: [LocalRegistry.Outcome] = []
        var ended: [InstanceRef] = []
        let results = works.map { work -> Result<WriteAnswer, ServiceCenterError> in
            var trial = registry
            do throws(ServiceCenterError) {
                var outcome: LocalRegistry.Outcome
                switch work {
                case .perform(let write, let tenant, let moment):
                    outcome = try trial.perform(write, in: tenant, at: moment)
                    outcome.delta.cause = .write
                case .expire:
                    // What a write before it in this set has begun anew lives on.
                    let alive = Set(outcomes.flatMap { ($0.granted + $0.renewed).map(\.instance) })
                    ended += state.withLock { $0.local.endLeases(at: clock.uptime()) }
                    outcome = trial.expire(ended.filter { !alive.contains($0) })
                    outcome.delta.cause = .expiry
                }
                registry = trial
                outcomes.append(outcome)
                return .success(outcome.answer)
            } catch {
                return .failure(error)
            }
        }
        if let failure = await keep(outcomes.flatMap(\.entries), registry.revision) {
            // What was to begin anew did not: whatever has ended goes.
            expire(ended)
            let detail = "the write is not done, because it cannot be kept: \(failure.problem)"
            return works.map { _ in .failure(ServiceCenterError(.unavailable, detail)) }
        }
        apply(registry, outcomes)
        return results
    }

    private func keep(_ entries: [StoredEntry], _ revision: Int64) async -> StateFailure? {
        let entries = state.withLock { $0.unkept } + entries
        guard let store = store.withLock({ $0 }), !entries.isEmpty else { return nil }
        let failure = await note { () async throws(StateFailure) in
            try await store.keep(entries, revision: revision)
        }
        if failure == nil { state.withLock { $0.unkept = [] } }
        return failure
    }

    private func apply(_ registry: LocalRegistry, _ outcomes: [LocalRegistry.Outcome]) {
        state.withLock { state in
            state.local.take(registry, after: outcomes, at: clock.uptime())
            for outcome in outcomes { state.publish(outcome.delta) }
        }
    }

    /// Instances whose leases have ended go though the disk takes nothing: it is told with the next writes.
    private func expire(_ ended: [InstanceRef]) {
        state.withLock { state in
            var outcome = state.local.expire(ended)
            outcome.delta.cause = .expiry
            state.unkept += outcome.entries
            state.publish(outcome.delta)
        }
    }

    private func noteLeases() async {
        guard let store = store.withLock({ $0 }) else { return }
        let leases = state.withLock { $0.local.takeChangedLeases(at: clock.uptime()) }
        let now = clock.now()
        _ = await note { () async throws(StateFailure) in try await store.keep(leases: leases, at: now) }
    }

    /// Remembers whether something could be kept.
    private func note(_ keep: () async throws(StateFailure) -> Void) async -> StateFailure? {
        var failure: StateFailure?
        do throws(StateFailure) { try await keep() } catch { failure = error }
        state.withLock { $0.failure = failure }
        return failure
    }
}

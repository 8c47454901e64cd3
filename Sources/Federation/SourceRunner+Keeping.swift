package import Discovery
import Logging
import Registry

/// What survives a restart.
extension SourceRunner {
    /// Takes in what was kept of the source; called once, before it runs.
    package func restore() async throws(StateFailure) {
        let own = try await source.restore()
        guard var kept = try await store?.load() else { return takeIn(own) }
        if let fault = kept.fault {
            logger.warning("what was kept of the source cannot be used", metadata: ["reason": "\(fault)"])
        }
        if kept.isHeldByOperator {
            registry.hold(source.profile.id)
            logger.info("what the source withdraws is held, as before the restart")
        }
        if let hold = kept.hold {
            registry.recall(hold.leases(uptime: clock.uptime(), now: clock.now()), of: source.profile.id)
        }
        kept.delta.cause = .restored
        guard !source.profile.keepsItself else { return takeIn(own, over: kept.isHeldByOperator ? kept.delta : nil) }
        takeIn(own)
        guard let confirmed = kept.confirmedAt else { return }
        intake.restore(kept.delta)
        lifecycle.restored(
            confirmed: confirmed, age: clock.now().since(confirmed), uptime: clock.uptime(),
            upstreamName: kept.upstreamName)
        publish()
        log.tell(.restored(kept.delta))
        takeAge()
    }

    /// Takes in what the source itself kept over a restart. `believed` is what was believed of it when an operator held
    /// what it withdraws: what is not kept any more is withdrawn now, which is held.
    func takeIn(_ kept: RegistryDelta, over believed: RegistryDelta? = nil) {
        var own = kept
        own.cause = .restored
        if let believed {
            intake.restore(believed)
            intake.hear(wholeRead: own, at: clock.now())
        } else if !own.isEmpty {
            _ = registry.apply(own, from: source.profile.id)
        }
        if !own.instances.isEmpty { log.tell(.restored(own)) }
    }

    /// Goes on with what another runner has left that has been stopped: what that one's source has said stays until
    /// this one's has spoken. The registry has it under this one's name already.
    func takeOver(_ former: SourceRunner) async throws(StateFailure) {
        intake.takeOver()
        // What is held is kept anew: it may be another store that keeps it.
        let status = registry.view.sources.first { $0.source == source.profile.id }
        if status?.isHeldByOperator == true { hold() }
        lifecycle.takeOver(await former.lifecycle)
        publish()
        let own = try await source.restore(after: former.source)
        if source.profile.keepsItself {
            intake.hear(wholeRead: own, at: clock.now())
        } else if !own.isEmpty {
            intake.hear(own)
        }
        takeAge()
    }

    /// Forgets what the source said, which the registry has under this name; called once it is stopped.
    func retire(as name: SourceID) {
        registry.retire(name)
        log.tell(.state(from: lifecycle.status.state, to: .retired))
        counters.forget(name)
    }

    /// Writes what is believed of the source as it changes, until the task ends, and then once more.
    func keep() async {
        guard let store else { return }
        let (registry, logger, clock, id) = (registry, logger, clock, source.profile.id)
        let upkeep = Upkeep(clock: clock) { failure in
            registry.update(id) { $0.notKept = failure?.problem }
            if let failure {
                logger.warning("what the source says cannot be kept", metadata: ["reason": "\(failure)"])
            } else {
                logger.info("what the source says is kept again")
            }
        }
        await upkeep.run { () async throws(StateFailure) in
            try await store.write(held: registry.heldLeases(of: id), uptime: clock.uptime(), now: clock.now()) {
                registry.view.tables.words(of: id)
            }
        }
    }
}

extension SourceLifecycle.Transition {
    fileprivate static func restored(_ kept: RegistryDelta) -> SourceLifecycle.Transition {
        .restored(microservices: kept.microservices.count, instances: kept.instances.count)
    }
}

package import Discovery
import Logging
import Registry

/// What survives a restart.
extension SourceRunner {
    /// Takes in what was kept of the source; called once, before it runs.
    package func restore() async throws(StateFailure) {
        var own = try await source.restore()
        own.cause = .restored
        if !own.isEmpty {
            _ = registry.apply(own, from: source.profile.id)
            if !own.instances.isEmpty { tellRestored(own) }
        }
        guard let kept = try await store?.load() else { return }
        if let fault = kept.fault {
            logger.warning("what was kept of the source cannot be used", metadata: ["reason": "\(fault)"])
        }
        guard let confirmed = kept.confirmedAt else { return }
        intake.restore(kept.delta)
        lifecycle.restored(confirmed: confirmed, upstreamName: kept.upstreamName)
        publish()
        tellRestored(kept.delta)
        journal?.note(source.profile.id, from: lifecycle.status.state.rawValue, to: "restored")
    }

    private func tellRestored(_ delta: RegistryDelta) {
        logger.info(
            "source is restored from disk",
            metadata: ["microservices": "\(delta.microservices.count)", "instances": "\(delta.instances.count)"])
    }

    /// Writes what is believed of the source as it changes, until the task ends, and then once more.
    func keep() async {
        guard let store else { return }
        let (registry, logger, id) = (registry, logger, source.profile.id)
        let upkeep = Upkeep(clock: clock) { failure in
            registry.update(id) { $0.notKept = failure?.problem }
            if let failure {
                logger.warning("what the source says cannot be kept", metadata: ["reason": "\(failure)"])
            } else {
                logger.info("what the source says is kept again")
            }
        }
        await upkeep.run { () async throws(StateFailure) in
            try await store.write { registry.view.tables.words(of: id) }
        }
    }
}

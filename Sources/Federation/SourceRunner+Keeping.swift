package import Discovery
import Logging
import Registry

/// What survives a restart.
extension SourceRunner {
    /// How long a change may wait to be written, and how long a disk that fails is left alone at most.
    private static let pauses = (first: Duration.seconds(1), longest: Duration.seconds(60))

    /// Takes in what was kept of the source; called once, before it runs.
    package func restore() async throws(StateFailure) {
        let own = try await source.restore()
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
    }

    private func tellRestored(_ delta: RegistryDelta) {
        logger.info(
            "source is restored from disk",
            metadata: ["microservices": "\(delta.microservices.count)", "instances": "\(delta.instances.count)"])
    }

    /// Writes what is believed of the source as it changes, until the task ends, and then once more.
    func keep() async {
        guard let store else { return }
        let (registry, id) = (registry, source.profile.id)
        var pause = SourceRunner.pauses.first
        var isFailing = false
        while true {
            try? await clock.sleep(for: pause)
            let isLast = Task.isCancelled
            var failure: StateFailure?
            do throws(StateFailure) { try await store.write { registry.view.tables.words(of: id) } } catch {
                failure = error
            }
            pause = failure == nil ? SourceRunner.pauses.first : min(pause * 2, SourceRunner.pauses.longest)
            if isFailing != (failure != nil) { report(keeping: failure) }
            isFailing = failure != nil
            if isLast { return }
        }
    }

    private func report(keeping failure: StateFailure?) {
        registry.update(source.profile.id) { $0.notKept = failure?.problem }
        if let failure {
            logger.warning("what the source says cannot be kept", metadata: ["reason": "\(failure)"])
        } else {
            logger.info("what the source says is kept again")
        }
    }
}

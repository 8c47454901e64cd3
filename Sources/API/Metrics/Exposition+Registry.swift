import Registry

extension Exposition {
    /// The merged registry.
    mutating func registry(_ view: RegistryView, isServing: Bool) {
        family("mainstem_registry_microservices", .gauge, "Microservices that are served.")
        sample("mainstem_registry_microservices", [], view.tables.microserviceCount)
        family("mainstem_registry_instances", .gauge, "Instances that are served.")
        sample("mainstem_registry_instances", [], view.tables.instanceCount)
        family("mainstem_registry_batches_total", .counter, "Batches of visible changes since the process began.")
        sample("mainstem_registry_batches_total", [], Double(view.revision.sequence))
        family("mainstem_ready", .gauge, "Whether clients are let in.")
        sample("mainstem_ready", [], isServing ? 1 : 0)
    }

    /// Watchers and what they were sent.
    mutating func watches(_ watches: WatchCounters.Snapshot, _ sources: [SourceStatus]) {
        family("mainstem_watchers", .gauge, "Open watches, of a consumer's providers or of everything.")
        sample("mainstem_watchers", [("kind", "consumer")], watches.consumers)
        sample("mainstem_watchers", [("kind", "everything")], watches.everything)
        family("mainstem_watch_frames_total", .counter, "Event frames sent to watchers, by the source of the event.")
        for source in sources {
            sample("mainstem_watch_frames_total", [("source", source.source.name)], watches.frames[source.source] ?? 0)
        }
        family("mainstem_watch_too_slow_total", .counter, "Watches ended because they fell behind the log.")
        sample("mainstem_watch_too_slow_total", [], watches.tooSlow)
    }
}

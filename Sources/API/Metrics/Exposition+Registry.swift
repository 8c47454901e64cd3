import Registry

extension Exposition {
    /// The merged registry.
    mutating func registry(_ view: RegistryView, folded: Int, isServing: Bool) {
        family("mainstem_registry_microservices", .gauge, "Microservices that are served.")
        sample("mainstem_registry_microservices", [], view.tables.microserviceCount)
        family("mainstem_registry_instances", .gauge, "Instances that are served.")
        sample("mainstem_registry_instances", [], view.tables.instanceCount)
        family("mainstem_registry_batches_total", .counter, "Batches of visible changes since the process began.")
        sample("mainstem_registry_batches_total", [], Double(view.revision.sequence))
        family(
            "mainstem_events_coalesced_total", .counter,
            "Changes that were never told, because a later one of the same instance took their place.")
        sample("mainstem_events_coalesced_total", [], folded)
        family("mainstem_ready", .gauge, "Whether clients are let in.")
        sample("mainstem_ready", [], isServing ? 1 : 0)
    }
}

/// What one source is believed to say at one moment. Costs a reference to the registry that it is looked up in.
package struct SourceWord {
    private let registry: MergedRegistry
    private let source: SourceID

    package init(of source: SourceID, in registry: MergedRegistry) {
        self.registry = registry
        self.source = source
    }

    /// How much it is.
    var counts: SourceCounts { registry.counts(of: source) }

    /// Whether nobody sees its instances, because they were not confirmed for so long.
    var isDropped: Bool { registry.precedence.standing(of: source) == .dropped }

    /// Which microservice an ID means; nil for one that the source has not named.
    func key(of service: ServiceRef) -> MicroserviceKey? { registry.sources[source]?.services[service]?.key }

    /// The IDs of a microservice, in their order: hardly ever more than one.
    func refs(of key: MicroserviceKey) -> [ServiceRef] {
        let contributions = registry.tables.microservice(key)?.contributions ?? []
        return contributions.filter { $0.source == source }.map(\.microservice.ref)
    }

    /// The instances of a microservice that the source has under this ID; none of one that it has not named. Costs the
    /// instances of the microservice.
    func instances(of service: ServiceRef) -> [InstanceRef] {
        guard let merged = key(of: service).flatMap(registry.tables.microservice) else { return [] }
        return merged.everyInstance.flatMap(\.contributions)
            .filter { $0.source == source && $0.instance.ref.service == service }.map(\.instance.ref)
    }

    func instance(_ ref: InstanceRef) -> Instance? { registry.word(of: source, on: ref) }

    /// The instance of a microservice, under whichever ID of that the source has it.
    func instance(at place: InstancePlace) -> Instance? {
        let merged = registry.tables.microservice(place.microservice)
        let found = merged?.instance(place.instance) ?? merged?.hidden.first { $0.visible.id == place.instance }
        return found?.contributions.first { $0.source == source }?.instance
    }

    /// Which instance of which microservice a reference means; nil where the microservice is not known.
    package func place(of ref: InstanceRef) -> InstancePlace? {
        key(of: ref.service).map { InstancePlace(microservice: $0, instance: ref.id) }
    }
}

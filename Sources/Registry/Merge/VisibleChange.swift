/// One visible instance's change, as a watcher hears of it.
package struct VisibleChange: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
    }

    package let action: Action
    /// The microservice that the instance belongs to.
    package let microservice: MicroserviceKey
    /// The ID under which that microservice is served.
    package let canonicalID: ServiceID
    /// The instance as it is now; for a DELETE, as it was last.
    package let instance: Instance
    /// The source whose word counts; for a DELETE, whose word counted last.
    package let source: SourceID
    /// For an UPDATE, the source whose word counted before, when that was another one.
    package let formerSource: SourceID?

    /// Whose history it belongs to.
    package var place: InstancePlace { InstancePlace(microservice: microservice, instance: instance.id) }

    package init(
        action: Action, microservice: MicroserviceKey, canonicalID: ServiceID, instance: Instance, source: SourceID,
        formerSource: SourceID? = nil
    ) {
        self.action = action
        self.microservice = microservice
        self.canonicalID = canonicalID
        self.instance = instance
        self.source = source
        self.formerSource = formerSource
    }
}

/// What one delta changed in what is served.
package struct MergeOutcome: Sendable {
    /// Changed instances, in the order in which they changed.
    package var instances: [VisibleChange] = []
    /// Microservices that became visible, changed, or went.
    package var microservices: [VisibleChange.Action: Int] = [:]
    /// Consumers whose dependencies changed.
    package var consumers: Set<MicroserviceKey> = []
    /// The names, former and new, of sources that have another name.
    package var names: Set<SourceID> = []
    /// Whether anything that a reader can see is different: instances, microservices, attachments, dependencies.
    package var isVisible = false

    package init() {}
}

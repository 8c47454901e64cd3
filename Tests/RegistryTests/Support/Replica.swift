import Registry

/// Somebody who knows the instances only from the events: what a client of the watch holds.
struct Replica: Equatable {
    struct Copy: Equatable {
        let digest: Digest
        let source: SourceID
        let canonicalID: ServiceID
    }

    private var instances: [MicroserviceKey: [InstanceID: Copy]] = [:]

    init() {}

    /// The instances that are visible now.
    init(of tables: RegistryTables) {
        tables.forEachMicroservice { merged in
            for instance in merged.instances {
                instances[merged.key, default: [:]][instance.visible.id] = Copy(
                    digest: instance.visible.digest, source: instance.source, canonicalID: merged.canonicalID)
            }
        }
    }

    /// Takes the events in; returns those that no client should ever see.
    mutating func follow(_ changes: [VisibleChange]) -> [String] {
        changes.compactMap { change in
            let copy = Copy(digest: change.instance.digest, source: change.source, canonicalID: change.canonicalID)
            let old = instances[change.microservice]?[change.instance.id]
            switch change.action {
            case .create, .update: instances[change.microservice, default: [:]][change.instance.id] = copy
            case .delete: instances[change.microservice]?[change.instance.id] = nil
            }
            if instances[change.microservice]?.isEmpty ?? false { instances[change.microservice] = nil }
            let subject = "\(change.action) of \(change.microservice) \(change.instance.id)"
            return switch (change.action, old) {
            case (.create, nil): nil
            case (.create, _?): "\(subject), which is there"
            case (_, nil): "\(subject), which is not there"
            case (.update, let old?): old == copy ? "\(subject) says nothing new" : nil
            case (.delete, let old?): old == copy ? nil : "\(subject) is not of what was there last"
            }
        }
    }
}

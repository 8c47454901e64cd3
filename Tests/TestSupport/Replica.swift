package import Registry

/// Somebody who knows the instances only from the events: what a client of the watch holds.
package struct Replica: Equatable {
    /// One instance, as the last event told it.
    package struct Copy: Equatable {
        package let digest: Digest
        package let source: SourceID
        package let canonicalID: ServiceID

        package init(digest: Digest, source: SourceID, canonicalID: ServiceID) {
            (self.digest, self.source, self.canonicalID) = (digest, source, canonicalID)
        }
    }

    private var instances: [MicroserviceKey: [InstanceID: Copy]] = [:]

    /// A replica of these instances; a microservice without any is left out.
    package init(_ instances: [MicroserviceKey: [InstanceID: Copy]] = [:]) { self.instances = instances }

    /// The instances that are visible now.
    package init(of tables: RegistryTables) {
        tables.forEachMicroservice { merged in
            for instance in merged.instances {
                instances[merged.key, default: [:]][instance.visible.id] = Copy(
                    digest: instance.visible.digest, source: instance.source, canonicalID: merged.canonicalID)
            }
        }
    }

    /// Takes the events in; returns those that no client should ever see.
    package mutating func follow(_ changes: [VisibleChange]) -> [String] {
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

    /// The instances that only one of two replicas has, or that they have differently; empty when they are equal.
    package func difference(from other: Replica) -> [String] {
        Set(instances.keys).union(other.instances.keys).flatMap { key in
            let (left, right) = (instances[key] ?? [:], other.instances[key] ?? [:])
            return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.map { id in
                "\(key) \(id): \(Self.text(left[id])), \(Self.text(right[id]))"
            }
        }
        .sorted()
    }

    private static func text(_ copy: Copy?) -> String { copy.map { "\($0.source) \($0.canonicalID)" } ?? "none" }
}

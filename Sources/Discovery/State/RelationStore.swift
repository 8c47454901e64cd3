package import Registry
import ServiceCenterWire

/// Keeps who looked up what over a restart, as the dependency rules of a dump.
package struct RelationStore: Sendable {
    /// Consumers with all that they looked up.
    package typealias Relations = [(consumer: MicroserviceKey, rules: [ProviderRule])]

    private let store: SnapshotStore

    init(path: String) { store = SnapshotStore(path: path) }

    /// What was kept, and why a file that was there is not used.
    package func load() async throws(StateFailure) -> (relations: Relations, fault: String?) {
        let kept = try await store.load()
        return (kept.delta.dependencies.map { ($0.consumer, $0.providers) }, kept.fault)
    }

    /// Notes what these consumers looked up, all of it; nothing for one that is forgotten.
    package func note(_ relations: Relations) { store.note(RegistryDelta(relations)) }

    /// Notes that more has changed than can be said.
    package func noteEverything() { store.noteEverything() }

    /// Writes what was noted; `everything` gives all relations, for when more changed than is noted.
    package func write(_ everything: @Sendable () -> Relations) async throws(StateFailure) {
        try await store.write { RegistryDelta(everything()) }
    }
}

extension RegistryDelta {
    fileprivate init(_ relations: RelationStore.Relations) {
        self.init()
        for (consumer, rules) in relations {
            if rules.isEmpty {
                removedDependencies.append(consumer)
            } else {
                dependencies.append(DependencyRule(of: consumer, rules))
            }
        }
    }
}

extension DependencyRule {
    /// In the form in which a source tells on whom a consumer depends.
    fileprivate convenience init(of consumer: MicroserviceKey, _ providers: [ProviderRule]) {
        var writer = JSONWriter(reserving: 64 + providers.count * 128)
        writer.beginObject()
        writer.key("Dependency")
        writer.beginArray()
        for rule in providers {
            writer.key(object: MicroserviceKey(name: rule.name, version: rule.version), alias: rule.alias)
        }
        writer.endArray()
        writer.endObject()
        self.init(consumer: consumer, providers: providers, body: writer.bytes, upstreamRevision: 0)
    }
}

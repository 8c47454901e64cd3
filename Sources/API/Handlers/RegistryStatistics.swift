import Registry
import ServiceCenterWire

/// How many microservices (by name, whatever the version), applications and instances a tenant has.
struct RegistryStatistics {
    private var names: Set<MicroserviceName> = []
    private var online: Set<MicroserviceName> = []
    private var applications: Set<String> = []
    private var instances = 0
    private var instancesOfDomain = 0

    init(_ view: RegistryView, _ request: Request, withShared: Bool) {
        let tenant = request.tenant
        view.tables.forEachMicroservice { merged in
            guard merged.key.tenant.domain == tenant.domain, withShared || !merged.key.name.isShared else { return }
            instancesOfDomain += merged.instances.count
            guard merged.key.tenant == tenant else { return }
            names.insert(merged.key.name)
            applications.insert(merged.key.name.application)
            instances += merged.instances.count
            if !merged.instances.isEmpty { online.insert(merged.key.name) }
        }
    }

    /// The member `statistics`; zeros are left out, as Go's `omitempty` does.
    func write(to writer: inout JSONWriter) {
        writer.key("statistics")
        writer.beginObject()
        writer.counts("services", [("count", names.count), ("onlineCount", online.count)])
        writer.counts("instances", [("count", instances), ("countByDomain", instancesOfDomain)])
        writer.counts("apps", [("count", applications.count)])
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func counts(_ name: StaticString, _ counts: [(name: StaticString, count: Int)]) {
        key(name)
        beginObject()
        for (name, count) in counts where count != 0 { member(name, count) }
        endObject()
    }
}

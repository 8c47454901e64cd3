import Registry
import ServiceCenterWire
import Testing
import Topology

@testable import Discovery

/// A lens twice: as a topology declares it, and in the most naive way.
struct NaiveLens: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let declaration: String
    var admits: @Sendable (MicroserviceKey, _ tags: [String: String]) -> Bool = { _, _ in true }
    var domains: [String: String] = [:]
    var projects: [String: String] = [:]
    var environments: [String: String] = [:]
    var applications: [String: String] = [:]
    var endpoint: @Sendable (String) -> String = { $0 }
    var location: Location?

    static let all = [
        NaiveLens(
            testDescription: "filters by keys",
            declaration: "include: [{application: 'shop*'}]\nexclude: [{version: '0.*'}]",
            admits: { key, _ in key.name.application != "bank" && key.version != "0.1" }),
        NaiveLens(
            testDescription: "includes by a tag", declaration: "include: [{tag: {stage: open}}]",
            admits: { _, tags in tags["stage"] == "open" }),
        NaiveLens(
            testDescription: "excludes by tag and name", declaration: "exclude: [{tag: {stage: 'int*'}, name: cart}]",
            admits: { key, tags in tags["stage"] != "internal" || key.name.name != "cart" }),
        NaiveLens(
            testDescription: "makes several into one",
            declaration: """
                rename:
                  domain: {d1: north, d2: north}
                  project: {p: q}
                  environment: {"": production}
                  application: {shop: shopping}
                """, domains: ["d1": "north", "d2": "north"], projects: ["p": "q"], environments: ["": "production"],
            applications: ["shop": "shopping"]),
        NaiveLens(
            testDescription: "swaps names and filters by the old ones",
            declaration: """
                exclude: [{domain: d3}, {domain: d2, tag: {stage: internal}}]
                rename: {domain: {d1: d2, d2: d1}, environment: {production: ""}}
                """,
            admits: { key, tags in
                key.tenant.domain != "d3" && (key.tenant.domain != "d2" || tags["stage"] != "internal")
            }, domains: ["d1": "d2", "d2": "d1"], environments: ["production": ""]),
        NaiveLens(
            testDescription: "changes addresses alone",
            declaration: "rewrite: [{from: 10.0.0.0/31, to: 'gate:8443'}, {scheme: grpc, from: 'host*', to: other}]",
            endpoint: {
                ["rest://10.0.0.0:80": "rest://gate:8443", "rest://10.0.0.1:80": "rest://gate:8443"][$0]
                    ?? ($0.hasPrefix("grpc") ? "grpc://other:1" : $0)
            }, location: Location(name: "dc", region: "r", availableZone: "a")),
    ]

    func lens() throws -> Lens {
        let lines = declaration.split(separator: "\n").map { "\n    \($0)" }.joined()
        let topology = try Topology.parse("sources:\n  - name: north\n    plugin: some\(lines)", file: "t.yaml")
        return Lens(topology.sources[0].lens, location: location)
    }

    /// What is seen of everything that an upstream says.
    func seen(_ words: LensSpeaker.Words) -> SeenWords {
        var seen = SeenWords()
        func tags(_ ref: ServiceRef) -> [String: String] {
            guard case .tags(let tags)? = words.attachments[.init(service: ref, key: .tags)]?.content else {
                return [:]
            }
            return tags
        }
        // The last one that is put at a place is that of the first domain.
        let refs = words.microservices.keys.sorted { $0.tenant > $1.tenant }
        let visible = hasState ? refs.filter { admits(words.microservices[$0]!.key, tags($0)) } : refs
        for ref in visible { put(words.microservices[ref]!, &seen) }
        let services = hasState ? visible : Array(Set(words.instances.keys.map(\.service))).sorted { $0.id < $1.id }
        for service in services {
            for (ref, instance) in words.instances where ref.service == service { put(instance, &seen) }
        }
        let owners = hasState ? visible : Array(Set(words.attachments.keys.map(\.service)))
        for service in owners {
            for (place, attachment) in words.attachments where place.service == service {
                seen.attachments[.init(service: self.seen(service), key: place.key)] = attachment.body
            }
        }
        for (consumer, rule) in words.dependencies {
            let known = words.microservices.values.filter { $0.key == consumer }
            let isSeen = known.isEmpty ? admits(consumer, [:]) : known.contains { visible.contains($0.ref) }
            guard isSeen else { continue }
            for provider in rule.providers {
                let provider = ProviderRule(name: self.seen(provider.name), version: provider.version)
                let key = MicroserviceKey(name: self.seen(consumer.name), version: consumer.version)
                seen.dependencies[key, default: []].insert(provider)
            }
        }
        return seen
    }

    /// What is out of sight of everything that an upstream says.
    func filtered(_ words: LensSpeaker.Words) -> FilteredCounts? {
        guard hasState else { return nil }
        var counts = FilteredCounts()
        let hidden = words.microservices.values.filter { said in
            let tags = words.attachments[.init(service: said.ref, key: .tags)]?.content
            if case .tags(let tags)? = tags { return !admits(said.key, tags) }
            return !admits(said.key, [:])
        }
        counts.microservices = hidden.count
        for ref in words.instances.keys {
            if words.microservices[ref.service] == nil { counts.orphans += 1 }
            if hidden.contains(where: { $0.ref == ref.service }) { counts.instances += 1 }
        }
        return counts
    }

    /// Without filters and renames, what belongs to an unknown microservice is passed on as it is.
    private var hasState: Bool { declaration.hasPrefix("rewrite") == false }

    private func put(_ microservice: Microservice, _ seen: inout SeenWords) {
        var record = try! MicroserviceRecord(kept: microservice.body)
        record.environment = environments[record.environment] ?? record.environment
        record.application = applications[record.application] ?? record.application
        let key = MicroserviceKey(name: self.seen(microservice.key.name), version: microservice.key.version)
        seen.microservices[self.seen(microservice.ref)] = .init(key: key, record: record)
    }

    private func put(_ instance: Instance, _ seen: inout SeenWords) {
        var record = try! InstanceRecord(kept: instance.body)
        record.endpoints = record.endpoints.map(endpoint)
        if let location, record.datacenter == nil {
            record.datacenter = .init(
                name: location.name, region: location.region, availableZone: location.availableZone)
        }
        seen.instances[InstanceRef(service: self.seen(instance.ref.service), id: instance.id)] = record
    }

    private func seen(_ tenant: Tenant) -> Tenant {
        Tenant(domain: domains[tenant.domain] ?? tenant.domain, project: projects[tenant.project] ?? tenant.project)
    }

    private func seen(_ ref: ServiceRef) -> ServiceRef { ServiceRef(tenant: seen(ref.tenant), id: ref.id) }

    private func seen(_ name: MicroserviceName) -> MicroserviceName {
        MicroserviceName(
            tenant: seen(name.tenant), environment: environments[name.environment] ?? name.environment,
            application: applications[name.application] ?? name.application, name: name.name)
    }
}

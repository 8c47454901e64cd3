import Federation
import Registry
import ServiceCenterWire

/// What the sources say of one microservice and its instances, and what became of each word.
struct Explanation {
    struct Explained {
        let id: InstanceID
        /// Whose word is seen; nil when the instance is not.
        let source: SourceID?
        let reason: Verdict.Reason
        let words: [Word]
        /// Sources whose word on it is kept out of sight because the instance comes and goes.
        let damped: [SourceID]
    }

    private let merged: MergedMicroservice
    private let policy: MergePolicy
    private let statuses: [SourceID: SourceStatus]
    private let total: Int
    let instances: [Explained]

    /// Of one instance, or of the first ones by ID.
    init(
        of merged: MergedMicroservice, instance wanted: InstanceID?, limit: Int, _ view: RegistryView,
        _ services: Services
    ) {
        self.merged = merged
        let choice = services.federation.merging.choice(for: merged.key)
        policy = choice.policy
        let statuses = Dictionary(view.sources.map { ($0.source, $0) }) { $1 }
        self.statuses = statuses
        let every = merged.everyInstance.filter { wanted == nil || $0.visible.id == wanted }
        total = every.count
        var instances = every.sorted { $0.visible.id < $1.visible.id }.prefix(limit).map { instance in
            let doubts = services.registry.doubts(on: instance.contributions.map { ($0.source, $0.instance.ref) })
            let isVisible = merged.instance(instance.visible.id) != nil
            let verdict = Verdict(on: instance, isVisible: isVisible, by: choice) {
                statuses[$0]?.standing ?? .full
            }
            let words = zip(zip(instance.contributions, verdict.obstacles), doubts).map { told, doubt in
                Word(
                    told.0.instance, at: told.0.source, hiddenBy: told.1?.rawValue ?? "", doubt, services)
            }
            return Explained(
                id: instance.visible.id, source: isVisible ? instance.source : nil, reason: verdict.reason,
                words: words, damped: [])
        }
        // Of those that nobody is believed to have.
        let known = Set(every.map(\.visible.id))
        let damped = services.registry.damped(of: merged.key).filter { _, id in
            !known.contains(id) && (wanted == nil || id == wanted)
        }
        for (id, places) in Dictionary(grouping: damped, by: \.instance).sorted(by: { $0.key < $1.key }) {
            let sources = places.map(\.source).sorted { $0.name < $1.name }
            instances.append(Explained(id: id, source: nil, reason: .only, words: [], damped: sources))
        }
        self.instances = instances
    }

    func write(to writer: inout JSONWriter, at now: UnixTime) {
        writer.beginObject()
        writer.key("microservice")
        writer.key(object: merged.key)
        writer.member("serviceId", merged.canonicalID.text)
        let aliases = Set(merged.contributions.map(\.microservice.id)).subtracting([merged.canonicalID])
        writer.key("aliases")
        writer.strings(aliases.sorted().map(\.text))
        writer.member("policy", policy.rawValue)
        writer.key("sources")
        writer.beginArray()
        for contribution in merged.contributions { write(contribution, to: &writer, at: now) }
        writer.endArray()
        writer.member("instancesTotal", total)
        writer.key("instances")
        writer.beginArray()
        for instance in instances { write(instance, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ said: MicroserviceContribution, to writer: inout JSONWriter, at now: UnixTime) {
        writer.beginObject()
        writer.member("source", said.source.name)
        if let status = statuses[said.source] {
            writer.member("state", status.state.rawValue)
            writer.standing(of: status)
            if let success = status.lastSuccess {
                writer.key("dataAgeSeconds")
                writer.decimal(max(0, now.seconds - success.seconds))
            }
            if status.quarantine != nil || status.isHeldByOperator || status.damped > 0 {
                writer.key("quarantine")
                writer.beginObject()
                writer.quarantine(of: status)
                writer.endObject()
            }
        }
        writer.member("serviceId", said.microservice.id.text)
        writer.member("revision", said.microservice.upstreamRevision)
        writer.member("origin", ifPresent: said.microservice.origin)
        writer.key("body")
        writer.raw(said.microservice.body)
        writer.endObject()
    }

    private func write(_ instance: Explained, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("instanceId", instance.id.text)
        writer.key("visible")
        writer.bool(instance.source != nil)
        writer.member("source", ifPresent: instance.source?.name ?? "")
        if !instance.words.isEmpty { writer.member("decidedBy", instance.reason.rawValue) }
        if !instance.damped.isEmpty {
            writer.key("dampedAt")
            writer.strings(instance.damped.map(\.name))
        }
        writer.key("words")
        writer.beginArray()
        for word in instance.words { word.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

import Registry
import TestSupport

/// The oracle: what must be seen of what the upstreams hold, worked out without any of the code that is simulated.
struct ExpectedView {
    private(set) var replica = Replica()
    let microservices: Set<MicroserviceKey>

    private typealias Word = (source: SourceID, modified: Int64, value: String)

    /// `stores` by precedence, the strongest first.
    init(of stores: [(source: SourceID, store: UpstreamStore)], _ policy: MergePolicy) {
        var canonical: [MicroserviceKey: ServiceID] = [:]
        var words: [MicroserviceKey: [InstanceID: [Word]]] = [:]
        for (source, store) in stores {
            for service in store.services {
                let key = UpstreamStore.key(ofService: service.name)
                if canonical[key] == nil { canonical[key] = ServiceID(service.id) }
                for member in store.members where member.service == service.name {
                    words[key, default: [:]][InstanceID(member.id), default: []].append(
                        (source, member.modified, member.value(under: service.id)))
                }
            }
        }
        microservices = Set(canonical.keys)
        var copies: [MicroserviceKey: [InstanceID: Replica.Copy]] = [:]
        for (key, instances) in words {
            guard let id = canonical[key] else { continue }
            copies[key] = instances.mapValues { words in
                let seen = Self.seen(words, policy)
                return Replica.Copy(digest: Digest(of: Array(seen.value.utf8)), source: seen.source, canonicalID: id)
            }
        }
        replica = Replica(copies)
    }

    /// Of equals the first one counts.
    private static func seen(_ words: [Word], _ policy: MergePolicy) -> Word {
        words.dropFirst().reduce(words[0]) { best, word in
            switch policy {
            case .precedence, .union: best
            case .newest: word.modified > best.modified ? word : best
            case .oldest: word.modified < best.modified ? word : best
            }
        }
    }
}

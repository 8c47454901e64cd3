import HashTreeCollections
import Registry

extension Lens {
    /// See `FilteredSource`.
    func unseen(_ subject: MicroserviceSubject, _ instance: InstanceID?) -> [UnseenMicroservice] {
        table.unseen.filter { means($0.ref, $0.service.microservice?.key, subject, instance) }
            .compactMap { ref, service in
                let instances = service.instances.values.filter { instance == nil || $0.id == instance }
                if instance != nil, instances.isEmpty { return nil }
                return UnseenMicroservice(
                    reason(service), rules.seen(ref), service.microservice.map(rules.seen),
                    instances.map(rules.seen).sorted { $0.id < $1.id })
            }
            .sorted { ($0.ref.tenant, $0.ref.id) < ($1.ref.tenant, $1.ref.id) }
    }

    private func means(
        _ ref: ServiceRef, _ own: MicroserviceKey?, _ subject: MicroserviceSubject, _ instance: InstanceID?
    ) -> Bool {
        switch subject {
        case .id(let id): return ref.id == id
        case .key(let key):
            guard let own else {
                return instance != nil && (ref.tenant == key.tenant || rules.seen(ref.tenant) == key.tenant)
            }
            return own == key || rules.seen(own) == key
        }
    }

    private func reason(_ service: LensTable.Service) -> UnseenMicroservice.Reason {
        guard let key = service.microservice?.key else { return .orphan }
        return rules.excludes(key, tags: service.tags) ? .exclude : .include
    }
}

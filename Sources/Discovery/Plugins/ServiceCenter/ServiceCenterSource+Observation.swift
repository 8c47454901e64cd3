import Registry
import ServiceCenterWire

/// What the observer of a service-center brings.
extension ServiceCenterSource {
    /// Takes in what a frame tells, and where its watch goes on behind it.
    func hear(_ event: UpstreamEvent, upTo cursor: String) {
        hear(event)
        if !cursor.isEmpty { self.cursor = cursor }
    }

    /// A microservice that is not known yet is looked up meanwhile.
    private func hear(_ event: UpstreamEvent) {
        switch event {
        case .nothing: break
        case .unclear:
            cursor = ""
            askForRead()
        case .ends(let instance, let microservice):
            noteFrame(of: instance)
            if isRenamed(instance.service, microservice) { return askForRead() }
            let key = DumpKey.instance(instance)
            if mayBeOld(nil, key: key) { lookUp(.instance(instance)) } else { hearEnd(key: key) }
        case .says(let instance, let microservice, let value, let path, let origin):
            noteFrame(of: instance)
            if isRenamed(instance.service, microservice) { return askForRead() }
            let key = DumpKey.instance(instance)
            guard !mayBeOld(value, key: key) else { return lookUp(.instance(instance)) }
            let isTold = try? hear(.instances, key: key, value: value, path: path, origin: origin)
            guard isTold ?? false else { return askForRead() }
            if !knows(instance.service) { lookUp(.microservice(instance.service)) }
        }
    }

    /// One entry that a frame has made uncertain.
    enum Unclear: Hashable, Sendable {
        case microservice(ServiceRef)
        case instance(InstanceRef)

        var service: ServiceRef {
            switch self {
            case .microservice(let service): service
            case .instance(let instance): instance.service
            }
        }

        fileprivate var table: DumpTable { if case .instance = self { .instances } else { .services } }

        fileprivate var key: String {
            switch self {
            case .microservice(let service): DumpKey.service(service)
            case .instance(let instance): DumpKey.instance(instance)
            }
        }

        fileprivate var path: [String] {
            let path = ["v4", service.tenant.project, "registry", "microservices", service.id.text]
            if case .instance(let instance) = self { return path + ["instances", instance.id.text] }
            return path
        }
    }

    /// Asks the upstream for one entry, and tells what it has; asks for a read when that cannot be known.
    func settle(_ entry: Unclear) async {
        let (client, endpoint) = (client, client.upstream.order[0])
        let target = ServiceCenterCall.target(entry.path, [])
        let isTold = await look(for: entry.key) {
            try? await client.look(target, for: Caller(tenant: entry.service.tenant), at: endpoint)
        } _: { answer in
            guard let answer else { return false }
            if entry.table == .instances, answer.status == 400 {
                hearEnd(key: entry.key)
                return true
            }
            guard answer.status == 200, let value = Echo.entry(of: entry.table, in: answer.body) else { return false }
            let (path, origin) = (path(of: answer), origin(of: answer))
            return (try? hear(entry.table, key: entry.key, value: value, path: path, origin: origin)) ?? false
        }
        if !isTold { askForRead() }
    }
}

import Registry
import ServiceCenterWire

/// What is asked through the lens, in the source's own names.
extension Lens {
    /// What a reference that is used here means in the source.
    enum Origin: Equatable {
        /// It stands for this one, which the source has or may have.
        case source(ServiceRef)
        /// The source has it, and it is out of sight.
        case hidden
        /// Nothing in the source can be seen in this tenant.
        case nowhere
    }

    func origin(of ref: ServiceRef) -> Origin {
        guard rules.moves else { return .source(ref) }
        let known = table.origins(of: ref).filter { table.service($0) != nil }
        if let seen = known.first(where: { table.service($0)?.isSeen ?? false }) { return .source(seen) }
        guard known.isEmpty else { return .hidden }
        return rules.origin(of: ref.tenant).map { .source(ServiceRef(tenant: $0, id: ref.id)) } ?? .nowhere
    }

    /// A write as the source has to do it, and in which of its tenants.
    func own(
        _ write: RegistryWrite, in tenant: Tenant
    ) throws(ServiceCenterError) -> (write: RegistryWrite, tenant: Tenant) {
        if let id = write.service { return (write, try own(ServiceRef(tenant: tenant, id: id)).tenant) }
        let own = try own(tenant)
        switch write {
        case .registerMicroservice(let body):
            let body = try RequestBody.translating(registration: body, in: tenant, self.own)
            guard isSeen(registration: body, in: own) else {
                throw ServiceCenterError(
                    .forbidden,
                    "what is registered would be out of sight here: see 'include' and 'exclude' of the topology")
            }
            return (.registerMicroservice(body: body), own)
        case .declareDependencies(let body, let isWhole):
            let body = try RequestBody.translating(dependencies: body, in: tenant, self.own)
            return (.declareDependencies(body: body, isWhole: isWhole), own)
        default: return (write, own)
        }
    }

    /// A microservice of the source, which refuses what is out of sight as it refuses what it does not have.
    func own(_ ref: ServiceRef) throws(ServiceCenterError) -> ServiceRef {
        switch origin(of: ref) {
        case .source(let own): return own
        case .hidden: throw ServiceCenterError(.microserviceUnknown, "Service does not exist.")
        case .nowhere: throw Lens.nowhere("tenant '\(ref.tenant)'")
        }
    }

    private func own(_ tenant: Tenant) throws(ServiceCenterError) -> Tenant {
        guard let own = rules.origin(of: tenant) else { throw Lens.nowhere("tenant '\(tenant)'") }
        return own
    }

    private func own(_ name: MicroserviceName) throws(ServiceCenterError) -> MicroserviceName {
        guard let environment = rules.environment.origin(of: name.environment) else {
            throw Lens.nowhere("environment '\(name.environment)'")
        }
        guard let application = rules.application.origin(of: name.application) else {
            throw Lens.nowhere("application '\(name.application)'")
        }
        return MicroserviceName(
            tenant: try own(name.tenant), environment: environment, application: application, name: name.name)
    }

    /// Whether a registration in the source's own names makes something that is in sight.
    private func isSeen(registration body: [UInt8], in tenant: Tenant) -> Bool {
        guard let registration = try? MicroserviceRegistration(request: body) else { return true }
        var record = registration.microservice
        record.applyDefaults()
        let key = record.key(in: tenant)
        return rules.admits(key, tags: registration.tags) || table.isSeen(key, rules)
    }

    private static func nowhere(_ what: String) -> ServiceCenterError {
        ServiceCenterError(
            .forbidden, "nothing of the source that takes this is seen in the \(what): see 'rename' of the topology")
    }
}

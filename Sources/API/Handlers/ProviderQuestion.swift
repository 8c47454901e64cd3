import Registry
import ServiceCenterWire

/// A question about one provider by its ID, from a consumer or from nobody.
struct ProviderQuestion {
    let consumer: MergedMicroservice?
    let provider: MergedMicroservice
    private let consumerID: String
    private let providerID: String
    private let tags: [String]

    /// The question of a request whose path names the provider, and perhaps an instance; `name` is what service-center
    /// calls the request.
    init(_ request: Request, _ name: String, _ services: Services) throws(ServiceCenterError) {
        try FieldRule.consumerID.check(request.consumer?.text ?? "", "\(name).ConsumerServiceId")
        try FieldRule.serviceID.check(request.parameter("serviceId"), "\(name).ProviderServiceId")
        if case let instance = request.parameter("instanceId"), !instance.isEmpty {
            try FieldRule.instanceID.check(instance, "\(name).ProviderInstanceId")
        }
        try FieldRule.tag.check(all: request.tags, "\(name).Tags")
        try self.init(
            consumer: request.consumer, provider: ServiceID(request.parameter("serviceId")), tenant: request.tenant,
            tags: request.tags, request, services)
    }

    /// Rules: service-center `GetInstances` and `GetOneInstance`. The registry's own microservice is this process, as
    /// when it is found by its name.
    init(
        consumer asking: ServiceID?, provider: ServiceID, tenant: Tenant, tags: [String] = [], _ request: Request,
        _ services: Services
    ) throws(ServiceCenterError) {
        let tables = services.view.tables
        consumerID = asking?.text ?? ""
        providerID = provider.text
        self.tags = tags
        if let id = asking {
            consumer = tables.microservice(ServiceRef(tenant: tenant, id: id))
            guard consumer != nil else { throw .unknownConsumer(id) }
        } else {
            consumer = nil
        }
        let ourselves = Ourselves.microservice(provider, request, services)
        guard let known = ourselves ?? tables.microservice(ServiceRef(tenant: tenant, id: provider)) else {
            throw ServiceCenterError(.microserviceUnknown, "Provider[\(providerID)] does not exist.")
        }
        self.provider = known
    }

    /// Whether the consumer may see the provider, and the provider has the tags that were asked for.
    var isAllowed: Bool {
        guard tags.isEmpty || Set(tags).isSubset(of: provider.tags.keys) else { return false }
        return consumer.map { AccessControl.allows($0, toFind: provider) } ?? true
    }

    /// One of the provider's instances, if it may be seen.
    func instance(_ id: InstanceID) throws(ServiceCenterError) -> MergedInstance {
        guard isAllowed, let instance = provider.instance(id) else {
            throw ServiceCenterError(
                .instanceUnknown, "\(subject) instance[\(id)] failed, provider instance does not exist")
        }
        return instance
    }

    /// Who asks for whom, in service-center's words.
    var subject: String {
        let asking = consumer?.key.description ?? "///"
        return "Consumer[\(consumerID)][\(asking)] find provider[\(providerID)][\(provider.key)]"
    }
}

extension ServiceCenterError {
    static func unknownConsumer(_ id: ServiceID) -> ServiceCenterError {
        ServiceCenterError(.microserviceUnknown, "Consumer[\(id)] does not exist.")
    }
}

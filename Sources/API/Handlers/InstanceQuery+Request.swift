import Federation
import Registry
import ServiceCenterWire

extension InstanceQuery {
    /// Reads and checks the question of a request.
    init(_ request: Request) throws(ServiceCenterError) {
        try self.init(
            consumer: request.consumer, tenant: request.tenant, environment: request.query("env"),
            application: request.query("appId"), name: request.query("serviceName"),
            asWritten: request.query("version"), tags: request.tags)
    }

    /// Checks the parts of a question in service-center's words.
    init(
        consumer: ServiceID?, tenant: Tenant, environment: String, application: String, name: String,
        asWritten text: String, tags: [String] = [], isInBatch: Bool = false
    ) throws(ServiceCenterError) {
        let version = InstanceQuery.tolerant(text)
        let (whole, part) =
            isInBatch
            ? ("BatchFindInstancesRequest", "MicroServiceKey") : ("FindInstancesRequest", "FindInstancesRequest")
        try FieldRule.consumerID.check(consumer?.text ?? "", "\(whole).ConsumerServiceId")
        try FieldRule.application.check(application, "\(part).AppId")
        try FieldRule.serviceNameOrAlias.check(name, "\(part).ServiceName")
        try FieldRule.versionRule.check(version, "\(part).\(isInBatch ? "Version" : "VersionRule")")
        try FieldRule.tag.check(all: tags, "\(whole).Tags")
        try FieldRule.environment.check(environment, "\(part).Environment")
        guard let rule = VersionRule(version) else {
            throw ServiceCenterError(.invalidParameters, "invalid version rule '\(version)'")
        }
        self.init(
            consumer: consumer, tenant: tenant, environment: environment, application: application, name: name,
            versionText: version, version: rule, tags: tags)
    }

    /// One client escapes the plus sign twice, and some not at all (so that it reads as a space).
    private static func tolerant(_ version: String) -> String {
        if version.hasSuffix("%2B") || version.hasSuffix("%2b") { return version.dropLast(3) + "+" }
        if version.hasSuffix(" ") { return version.dropLast() + "+" }
        return version
    }

    /// The providers, or the refusal in service-center's words. Who finds a provider depends on it from now on.
    func resolve(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Found {
        if let ourselves = Ourselves.found(self, request, services) { return ourselves }
        switch answer(from: services.view.tables) {
        case .found(let found):
            if let relation = found.relation { services.registry.relate(relation.consumer, to: relation.rule) }
            return found
        case .consumerUnknown: throw .unknownConsumer(consumer ?? ServiceID(""))
        case .providerUnknown(let asking):
            let consumerKey = asking?.key.description ?? "\(environment)///"
            let environment = asking?.key.name.environment ?? environment
            throw ServiceCenterError(
                .microserviceUnknown,
                "Consumer[\(consumer?.text ?? "")][\(consumerKey)] find provider"
                    + "[\(environment)/\(application)/\(name)/\(versionText)] failed, provider does not exist")
        }
    }
}

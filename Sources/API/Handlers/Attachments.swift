import Registry
import ServiceCenterWire

/// What stands beside a microservice: tags, access rules, and the summaries of schemas.
enum Attachments {
    /// `GET …/microservices/:serviceId/tags`
    @Sendable static func tags(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let merged = try request.microservice(services.view, "GetServiceTagsRequest")
        return .json { writer in
            writer.beginObject()
            writer.member("tags", ifPresent: merged.tags)
            writer.endObject()
        }
    }

    /// `GET …/microservices/:serviceId/rules`: `{}` when there are none.
    @Sendable static func rules(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let merged = try request.microservice(services.view, "GetServiceRulesRequest")
        return .json { writer in
            writer.beginObject()
            writer.rules(of: merged)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// The member `rules`; left out when there are none.
    mutating func rules(of merged: MergedMicroservice) {
        let rules = merged.attachments.filter { if case .rule = $0.key { true } else { false } }
        guard !rules.isEmpty else { return }
        key("rules")
        beginArray()
        for (_, rule) in rules.sorted(by: { $0.key < $1.key }) { raw(rule.attachment.body) }
        endArray()
    }
}

extension Request {
    /// The microservice that the path names, or a refusal with this detail; `request` is service-center's name of the
    /// request, which says what is wrong with an ID that cannot be.
    func microservice(
        _ view: RegistryView, _ request: String, refusal: String = "Service does not exist."
    ) throws(ServiceCenterError) -> MergedMicroservice {
        let id = parameter("serviceId")
        try FieldRule.serviceID.check(id, "\(request).ServiceId")
        guard let merged = view.tables.microservice(ServiceRef(tenant: tenant, id: ServiceID(id))) else {
            throw ServiceCenterError(.microserviceUnknown, refusal)
        }
        return merged
    }

    /// Whether a flag of the query is set, as service-center reads it.
    func flag(_ name: String) -> Bool { ["1", "true"].contains(query(name)) }
}

import Registry
import ServiceCenterWire

/// A write as a request to a service-center: what the client asked of us, asked of the upstream.
struct ServiceCenterCall {
    let method: TransferRequest.Method
    /// Path and query, percent-encoded.
    let target: String
    let body: [UInt8]?

    /// A request that is passed on as it came.
    init(_ request: RelayedRequest) {
        method =
            switch request.method {
            case .get: .get
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        target = ServiceCenterCall.target(request.path, request.query.map { ($0.name, $0.value) })
        body = request.body.isEmpty ? nil : request.body
    }

    init(_ write: RegistryWrite, in tenant: Tenant) {
        let registry = ["v4", tenant.project, "registry"]
        func microservice(_ id: ServiceID, _ rest: String...) -> [String] {
            registry + ["microservices", id.text] + rest
        }
        let (method, path, query, body): (TransferRequest.Method, [String], [(String, String)], [UInt8]?) =
            switch write {
            case .registerMicroservice(let body): (.post, registry + ["microservices"], [], body)
            case .unregisterMicroservice(let id, let force):
                (.delete, microservice(id), force ? [("force", "true")] : [], nil)
            case .changeMicroserviceProperties(let id, let body): (.put, microservice(id, "properties"), [], body)
            case .registerInstance(let id, let body): (.post, microservice(id, "instances"), [], body)
            case .unregisterInstance(let id, let instance):
                (.delete, microservice(id, "instances", instance.text), [], nil)
            case .heartbeat(let id, let instance):
                (.put, microservice(id, "instances", instance.text, "heartbeat"), [], nil)
            case .heartbeats(let body): (.put, registry + ["heartbeats"], [], body)
            case .changeStatus(let id, let instance, let status):
                (.put, microservice(id, "instances", instance.text, "status"), [("value", status)], nil)
            case .changeStatuses(let properties, let status):
                (.put, registry + ["instances", "status"], [], Self.statuses(status, having: properties))
            case .changeInstanceProperties(let id, let instance, let body):
                (.put, microservice(id, "instances", instance.text, "properties"), [], body)
            case .putSchema(let id, let schema, let body): (.put, microservice(id, "schemas", schema), [], body)
            case .putSchemas(let id, let body): (.post, microservice(id, "schemas"), [], body)
            case .deleteSchema(let id, let schema): (.delete, microservice(id, "schemas", schema), [], nil)
            case .addTags(let id, let body): (.post, microservice(id, "tags"), [], body)
            case .updateTag(let id, let key, let value): (.put, microservice(id, "tags", key), [("value", value)], nil)
            case .deleteTags(let id, let keys):
                (.delete, microservice(id, "tags", keys.joined(separator: ",")), [], nil)
            case .addRules(let id, let body): (.post, microservice(id, "rules"), [], body)
            case .updateRule(let id, let rule, let body): (.put, microservice(id, "rules", rule), [], body)
            case .deleteRules(let id, let rules):
                (.delete, microservice(id, "rules", rules.joined(separator: ",")), [], nil)
            case .declareDependencies(let body, let isWhole):
                (isWhole ? .put : .post, registry + ["dependencies"], [], body)
            }
        self.method = method
        self.body = body
        target = ServiceCenterCall.target(path, query)
    }

    /// A path and a query, percent-encoded.
    static func target(_ path: [String], _ query: [(String, String)]) -> String {
        let pairs = query.map { "\(PathSegment.encode($0.0))=\(PathSegment.encode($0.1))" }.joined(separator: "&")
        return "/" + path.map(PathSegment.encode).joined(separator: "/") + (pairs.isEmpty ? "" : "?\(pairs)")
    }

    private static func statuses(_ status: String, having properties: [String: String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("matches")
        writer.beginObject()
        writer.member("properties", ifPresent: properties)
        writer.endObject()
        writer.member("status", status)
        writer.endObject()
        return writer.bytes
    }
}

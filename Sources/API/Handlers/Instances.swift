import Federation
import NIOHTTP1
import Registry
import ServiceCenterWire

/// Who offers what: finding instances by a provider's name, and listing them by its ID.
enum Instances {
    /// The header that carries an answer's revision; clients send it back as the query's `rev`.
    static let revisionHeader = "X-Resource-Revision"

    /// `GET …/registry/instances?appId=&serviceName=&version=&env=&tags=&rev=`, consumer in `X-ConsumerId`.
    @Sendable static func find(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        do throws(ServiceCenterError) {
            let query = try InstanceQuery(request)
            let found = try query.resolve(in: services.view)
            if let relation = found.relation {
                services.registry.relate(relation.consumer, to: relation.rule)
            }
            let revision =
                request.showsSources
                ? ContentRevision(of: found.providers, namingSources: true) : found.revision
            return answer(revision, request) {
                $0.instances(of: found.providers, showingSources: request.showsSources)
            }
        } catch {
            return refusal(error)
        }
    }

    /// `GET …/microservices/:serviceId/instances`
    @Sendable static func list(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        do throws(ServiceCenterError) {
            let asked = try ProviderQuestion(request, services.view)
            guard asked.isAllowed, asked.hasTags(request.tags) else {
                throw ServiceCenterError(
                    .microserviceUnknown, "\(asked.subject) instances failed, provider instance does not exist")
            }
            return answer(ContentRevision(of: [asked.provider], namingSources: request.showsSources), request) {
                $0.instances(of: [asked.provider], showingSources: request.showsSources)
            }
        } catch {
            return refusal(error)
        }
    }

    /// `GET …/microservices/:serviceId/instances/:instanceId`
    @Sendable static func one(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        do throws(ServiceCenterError) {
            let asked = try ProviderQuestion(request, services.view)
            let id = request.parameter("instanceId")
            guard asked.isAllowed, asked.hasTags(request.tags), let instance = asked.provider.instance(InstanceID(id))
            else {
                throw ServiceCenterError(
                    .instanceUnknown, "\(asked.subject) instance[\(id)] failed, provider instance does not exist")
            }
            let canonicalID = asked.provider.canonicalID
            let revision = ContentRevision(
                of: instance, servedUnder: canonicalID, namingSource: request.showsSources)
            return answer(revision, request) { writer in
                writer.beginObject()
                writer.key("instance")
                writer.instance(
                    instance.visible, servedUnder: canonicalID,
                    source: request.showsSources ? instance.source : nil)
                writer.endObject()
            }
        } catch {
            return refusal(error)
        }
    }

    /// The answer with its revision, or 304 without a body when the client has that revision already.
    private static func answer(
        _ revision: ContentRevision, _ request: Request, _ body: (inout JSONWriter) -> Void
    ) -> Response {
        let text = revision.description
        if request.query("rev") == text {
            return Response(status: .notModified, headers: [revisionHeader: text])
        }
        return Response.json(reserving: 4_096, body).adding(revisionHeader, text)
    }

    /// Even a refusal has the header: a client that takes it from every answer must find it.
    private static func refusal(_ error: ServiceCenterError) -> Response {
        Response.refusal(error).adding(revisionHeader, "")
    }
}

/// A question about one provider by its ID, from a consumer or from nobody.
private struct ProviderQuestion {
    let consumer: MergedMicroservice?
    let provider: MergedMicroservice
    private let consumerID: String
    private let providerID: String

    /// Rules: service-center `GetInstances` and `GetOneInstance`.
    init(_ request: Request, _ view: RegistryView) throws(ServiceCenterError) {
        consumerID = request.consumer?.text ?? ""
        providerID = request.parameter("serviceId")
        if let id = request.consumer {
            consumer = view.tables.microservice(ServiceRef(tenant: request.tenant, id: id))
            guard consumer != nil else { throw .unknownConsumer(id) }
        } else {
            consumer = nil
        }
        guard
            let known = view.tables.microservice(ServiceRef(tenant: request.tenant, id: ServiceID(providerID)))
        else { throw ServiceCenterError(.microserviceUnknown, "Provider[\(providerID)] does not exist.") }
        provider = known
    }

    var isAllowed: Bool { consumer.map { AccessControl.allows($0, toFind: provider) } ?? true }

    func hasTags(_ tags: [String]) -> Bool { tags.isEmpty || Set(tags).isSubset(of: provider.tags.keys) }

    /// Who asks for whom, in service-center's words.
    var subject: String {
        let asking = consumer?.key.description ?? "///"
        return "Consumer[\(consumerID)][\(asking)] find provider[\(providerID)][\(provider.key)]"
    }
}

extension InstanceQuery {
    /// Reads and checks the question of a request.
    fileprivate init(_ request: Request) throws(ServiceCenterError) {
        let application = request.query("appId")
        let name = request.query("serviceName")
        let environment = request.query("env")
        let version = InstanceQuery.tolerant(request.query("version"))
        try FieldRule.application.check(application, "FindInstancesRequest.AppId")
        try FieldRule.serviceNameOrAlias.check(name, "FindInstancesRequest.ServiceName")
        try FieldRule.versionRule.check(version, "FindInstancesRequest.VersionRule")
        try FieldRule.environment.check(environment, "FindInstancesRequest.Environment")
        guard let rule = VersionRule(version) else {
            throw ServiceCenterError(.invalidParameters, "invalid version rule '\(version)'")
        }
        self.init(
            consumer: request.consumer, tenant: request.tenant, environment: environment, application: application,
            name: name, versionText: version, version: rule, tags: request.tags)
    }

    /// One client escapes the plus sign twice, and some not at all (so that it reads as a space).
    private static func tolerant(_ version: String) -> String {
        if version.hasSuffix("%2B") || version.hasSuffix("%2b") { return version.dropLast(3) + "+" }
        if version.hasSuffix(" ") { return version.dropLast() + "+" }
        return version
    }

    /// The providers, or the refusal in service-center's words.
    fileprivate func resolve(in view: RegistryView) throws(ServiceCenterError) -> Found {
        switch answer(from: view.tables) {
        case .found(let found): return found
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

extension ServiceCenterError {
    fileprivate static func unknownConsumer(_ id: ServiceID) -> ServiceCenterError {
        ServiceCenterError(.microserviceUnknown, "Consumer[\(id)] does not exist.")
    }
}

extension Request {
    /// The tags that a provider must have, separated by commas.
    fileprivate var tags: [String] { query("tags").split(separator: ",").map(String.init) }

    /// Whether each instance shall name its source as `cluster`: our own `options=cluster`.
    fileprivate var showsSources: Bool { query("options") == "cluster" }
}

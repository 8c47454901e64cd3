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
            let namesSources = request.showsSources
            let found = try InstanceQuery(request).resolve(request, services)
            let providers = found.providers
            let revision = namesSources ? ContentRevision(of: providers, namingSources: true) : found.revision
            let key = BodyKey.instances(
                providers.map { BodyKey.Provider($0) }, revision, namingSources: namesSources)
            return answer(revision, request, key) { $0.instances(of: providers, showingSources: namesSources) }
        } catch {
            return refusal(error)
        }
    }

    /// `GET …/microservices/:serviceId/instances`
    @Sendable static func list(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        do throws(ServiceCenterError) {
            let namesSources = request.showsSources
            let asked = try ProviderQuestion(request, "GetInstancesRequest", services)
            guard asked.isAllowed else {
                throw ServiceCenterError(
                    .microserviceUnknown, "\(asked.subject) instances failed, provider instance does not exist")
            }
            let provider = asked.provider
            let revision = ContentRevision(of: [provider], namingSources: namesSources)
            let key = BodyKey.instances([BodyKey.Provider(provider)], revision, namingSources: namesSources)
            return answer(revision, request, key) { $0.instances(of: [provider], showingSources: namesSources) }
        } catch {
            return refusal(error)
        }
    }

    /// `GET …/microservices/:serviceId/instances/:instanceId`
    @Sendable static func one(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        do throws(ServiceCenterError) {
            let namesSource = request.showsSources
            let asked = try ProviderQuestion(request, "GetOneInstanceRequest", services)
            let instance = try asked.instance(InstanceID(request.parameter("instanceId")))
            let provider = asked.provider
            let revision = ContentRevision(
                of: instance, servedUnder: provider.canonicalID, namingSource: namesSource)
            let key = BodyKey.instance(BodyKey.Provider(provider), revision, namingSource: namesSource)
            return answer(revision, request, key) { writer in
                writer.beginObject()
                writer.key("instance")
                writer.instance(
                    instance.visible, of: provider, source: namesSource ? instance.source : nil)
                writer.endObject()
            }.telling(path: instance.visible.path, of: instance.source, in: services)
        } catch {
            return refusal(error)
        }
    }

    /// The answer with its revision, or 304 without a body when the client has that revision already.
    private static func answer(
        _ revision: ContentRevision, _ request: Request, _ key: BodyKey,
        _ body: @escaping @Sendable (inout JSONWriter) -> Void
    ) -> Response {
        let text = revision.description
        if request.query("rev") == text {
            return Response(status: .notModified, headers: [revisionHeader: text]).kept()
        }
        return Response.json(key, body).adding(revisionHeader, text).kept()
    }

    /// Even a refusal has the header: a client that takes it from every answer must find it.
    private static func refusal(_ error: ServiceCenterError) -> Response {
        Response.refusal(error).adding(revisionHeader, "")
    }
}

extension Request {
    /// The tags that a provider must have, separated by commas.
    var tags: [String] {
        let text = query("tags")
        return text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether each instance shall name its source as `cluster`: our own `options=cluster`.
    fileprivate var showsSources: Bool { query("options") == "cluster" }
}

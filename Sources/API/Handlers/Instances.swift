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
            let found = try InstanceQuery(request).resolve(request, services)
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
            guard asked.isAllowed else {
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
            let instance = try asked.instance(InstanceID(request.parameter("instanceId")))
            let canonicalID = asked.provider.canonicalID
            let revision = ContentRevision(
                of: instance, servedUnder: canonicalID, namingSource: request.showsSources)
            return answer(revision, request) { writer in
                writer.beginObject()
                writer.key("instance")
                writer.instance(
                    instance.visible, of: asked.provider, source: request.showsSources ? instance.source : nil)
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

extension Request {
    /// The tags that a provider must have, separated by commas.
    var tags: [String] { query("tags").split(separator: ",").map(String.init) }

    /// Whether each instance shall name its source as `cluster`: our own `options=cluster`.
    fileprivate var showsSources: Bool { query("options") == "cluster" }
}

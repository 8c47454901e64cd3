import NIOHTTP1
import Registry
import ServiceCenterWire

/// What operators and other aggregators ask.
enum Admin {
    /// `GET /v4/default/admin/dump`: the merged registry as a dump, so that an aggregator can stand on this one.
    /// Of `options` only `cache` and `all` have an effect: no configuration and no environment variable ever leaves.
    @Sendable static func dump(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        guard request.tenant == .default else {
            throw ServiceCenterError(.forbidden, "Required admin permission")
        }
        let options = request.query("options").split(separator: ",")
        guard options.isEmpty || options.contains("cache") || options.contains("all") else {
            return .json(Array("{}".utf8))
        }
        let view = services.view
        var headers = Response.jsonHeaders(.ok)
        headers.replaceOrAdd(name: UpstreamPath.header, value: view.revision.process)
        return Response(headers: headers, body: .dump(DumpWriter(view.tables)))
    }

    /// `GET /v4/default/admin/alarms`: none are raised. How sources do is told by `/mainstem/v1/sources` and by the
    /// metrics.
    @Sendable static func alarms(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .json(Array("{}".utf8))
    }

    /// `DELETE /v4/default/admin/alarms`: there is nothing to clear.
    @Sendable static func clearAlarms(
        _ request: Request, _ services: Services
    ) throws(ServiceCenterError) -> Response {
        .done()
    }

    /// `GET /v4/default/admin/clusters`: every source with the addresses that it is read at.
    @Sendable static func clusters(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .json { writer in
            writer.beginObject()
            writer.key("clusters")
            writer.beginObject()
            for source in services.view.sources {
                writer.key(source.source.name)
                writer.strings(source.endpoints.map(\.endpoint))
            }
            writer.endObject()
            writer.endObject()
        }
    }
}

import Federation
import NIOCore
import NIOHTTP1
import Registry
import ServiceCenterWire

/// `GET /metrics`: every family, one file a group. `docs/metrics.md` lists them with their meaning.
enum MetricsPage {
    @Sendable static func show(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        var page = Exposition()
        let view = services.view
        let now = services.now()
        page.sources(view.sources, services.federation.counters.snapshot, at: now)
        page.registry(view, isServing: services.readiness.stage == .serving)
        page.watches(services.watches.snapshot, view.sources)
        page.requests(services.requests.snapshot)
        page.serviceCenter(view, services.requests.snapshot)
        page.answers(services.answers, services.load)
        page.process(startedAt: services.startedAt)
        return Response(
            headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
            body: .bytes(ByteBuffer(string: page.text)))
    }
}

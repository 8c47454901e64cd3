import Federation
import NIOCore
import NIOHTTP1
import Registry
import ServiceCenterWire

/// `GET /metrics`: every family, one file a group. `docs/metrics.md` lists them with their meaning.
enum MetricsPage {
    /// Now and then conflicts are looked for before the page is written: away from the event loop, and not while many
    /// requests wait.
    static let show = Route.Handler.either(
        { _, services in
            services.conflicts.isDue(services.view, at: services.uptime())
                && services.load.waitingRequests < services.limits.now.waitingRequests / 2
        },
        remote: .remote { (_, services) async in
            _ = await services.conflicts.found(in: services.view, at: services.uptime())
            return page(services)
        },
        otherwise: .read { _, services in page(services) })

    private static func page(_ services: Services) -> Response {
        var page = Exposition()
        let view = services.view
        let now = services.now()
        page.sources(view.sources, services.federation.counters.snapshot, at: now)
        page.conflicts(services.conflicts.latest, view.sources)
        page.registry(view, folded: services.registry.folded, isServing: services.readiness.stage == .serving)
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

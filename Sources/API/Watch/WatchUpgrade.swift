import Federation
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Registry

/// Turns a request for a watch into a WebSocket.
struct WatchUpgrade: Sendable {
    /// The most that a client may send in one message: nothing but pings, pongs and closes is expected.
    /// Rule: service-center's `ReadMaxBody`.
    static let maxMessageBytes = 64
    /// The most in one frame: that of a ping. Rule: RFC 6455, section 5.5.
    private static let maxFrameBytes = 125

    let router: Router
    let services: Services
    let hubs: WatchHubs

    /// The upgrader for one request on this event loop. The watch begins where the history was before the client was
    /// told that it is open: whatever happens after that answer is heard.
    func makeUpgrader(on eventLoop: any EventLoop) -> NIOWebSocketServerUpgrader {
        let start = NIOLoopBoundBox(services.view.revision, eventLoop: eventLoop)
        return NIOWebSocketServerUpgrader(
            maxFrameSize: WatchUpgrade.maxFrameBytes,
            shouldUpgrade: { channel, head in
                start.value = services.registry.begin { view, _ in view.revision }
                guard HandshakeFault(head) == nil, let (target, _, _) = target(of: head) else {
                    return channel.eventLoop.makeSucceededFuture(nil)
                }
                let isAllowed = if case .heartbeat = target { true } else { services.enterWatch(channel) }
                return channel.eventLoop.makeSucceededFuture(isAllowed ? [:] : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture { try open(channel, head, from: start.value) }
            })
    }

    private func open(_ channel: any Channel, _ head: HTTPRequestHead, from start: Revision) throws {
        guard let (target, route, domain) = target(of: head), let hub = hubs.hub(of: channel.eventLoop) else {
            throw ChannelError.operationUnsupported
        }
        services.requests.slot(route: route, method: head.method.rawValue, status: 101, domain: domain)
            .count(seconds: nil)
        try FrameLengthCheck.install(on: channel)
        if case .heartbeat(let service, let instance, let caller) = target {
            let connection = HeartbeatConnection(service, instance, caller, services, hub.timers)
            return try channel.pipeline.syncOperations.addHandler(connection)
        }
        let outlet = FrameOutlet()
        let codec = try channel.pipeline.syncOperations.handler(type: WebSocketFrameEncoder.self)
        try channel.pipeline.syncOperations.addHandler(outlet, position: .before(codec))
        try channel.pipeline.syncOperations.addHandler(
            WatchConnection(target, from: start, hub: hub, outlet: outlet, now: hub.uptime))
    }

    /// What the request wants to watch; nil when it is no route for watching, or refused.
    private func target(of head: HTTPRequestHead) -> (WatchTarget, route: String, domain: String)? {
        var request = Request(method: head.method, target: head.uri, headers: head.headers)
        guard case .route(let route, let parameters) = router.match(head.method, request.target.segments),
            case .watch(let handler) = route.handler
        else { return nil }
        request.parameters = parameters
        guard let target = try? handler(request, services) else { return nil }
        return (target, route.name, request.domain)
    }
}

extension Services {
    /// Takes a place among the watchers for as long as the connection stands; false when there is none left.
    func enterWatch(_ channel: any Channel) -> Bool {
        guard watches.enter(limit: limits.now.watchers) else { return false }
        channel.closeFuture.whenComplete { _ in watches.leave() }
        return true
    }
}

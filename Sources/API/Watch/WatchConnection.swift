import NIOCore
import NIOWebSocket
import Registry
import ServiceCenterWire

/// One watcher's WebSocket: what its client sends, its pings, and its end. What is sent to it is the hub's business.
final class WatchConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// How long a client may take to read that it is to go.
    private static let farewell = Duration.seconds(5)

    private let target: WatchTarget
    private let start: Revision
    private let hub: WatchHub
    private let outlet: FrameOutlet
    private var lifecycle: WebSocketLifecycle
    private var inbound = InboundFrames()
    private var context: ChannelHandlerContext?
    private var watcher: Watcher?
    private var timer: LoopTimers.Entry?
    private var isClosing = false
    /// What its client has for certain, and what it will have when it next gives a sign of life: nobody knows how much
    /// of what was handed to the socket has arrived.
    private var received: Revision
    private var underWay: Revision

    /// A watch that hears of everything after `start`.
    init(_ target: WatchTarget, from start: Revision, hub: WatchHub, outlet: FrameOutlet, now: Duration) {
        self.target = target
        self.start = start
        self.hub = hub
        self.outlet = outlet
        received = start
        underWay = start
        let interval: Duration? = if case .scope = target { ExtendedWatch.heartbeat } else { nil }
        lifecycle = WebSocketLifecycle(openedAt: now, noteEvery: interval)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard let watcher = makeWatcher() else { return refuse() }
        self.watcher = watcher
        hub.services.watches.count(watcher.audience.key, by: 1)
        timer = hub.timers.start(at: lifecycle.nextDue) { [unowned self] now in tick(at: now) }
        hub.add(watcher)
        tellStanding()
    }

    /// As the real server: one frame that says why, and the end without a close frame.
    private func refuse() {
        outlet.send(ByteBuffer(bytes: WatchFrame.text(Array("service does not exist".utf8))))
        context?.close(mode: .all, promise: nil)
    }

    /// Whether there is anybody to watch for. A consumer that has gone, or goes by another name since a reload, hears
    /// of nothing any more: its client is told so at the next sign of life, as by the real server, and asks again.
    private var isForSomebody: Bool {
        guard case .consumer(let key) = target else { return true }
        return hub.services.view.tables.microservice(key) != nil
    }

    /// Remembers what the client has for certain, for one that comes back before this connection is seen to end.
    private func tellStanding() {
        guard case .consumer(let key) = target else { return }
        hub.services.departures.stands(key, ObjectIdentifier(self), at: received)
    }

    private func makeWatcher() -> Watcher? {
        let onEnd: (Watcher.End) -> Void = { [unowned self] end in leave(end) }
        return switch target {
        case .consumer(let key): WatchOpening.consumer(key, from: start, hub, outlet, onEnd: onEnd)
        case .scope(let scope, let after):
            WatchOpening.scope(scope, after: after, .extended, hub, outlet, onEnd: onEnd)
        case .unknownConsumer, .heartbeat: nil
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        if let timer { hub.timers.end(timer) }
        guard let watcher else { return }
        hub.remove(watcher)
        hub.services.watches.count(watcher.audience.key, by: -1)
        if case .consumer(let key) = target {
            hub.services.departures.left(key, ObjectIdentifier(self), at: received, now: hub.uptime)
        }
        self.watcher = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if let code = inbound.violation(of: frame) { return close(code) }
        switch frame.opcode {
        case .ping:
            guard isForSomebody else { return refuse() }
            heard(ping: true)
            write(.pong, frame.unmaskedData)
        case .pong: heard(ping: false)
        case .connectionClose:
            var payload = frame.unmaskedData
            close(payload.readWebSocketErrorCode())
        default: break
        }
    }

    private func heard(ping: Bool) {
        lifecycle.heard(ping: ping, at: hub.uptime)
        if received != underWay {
            received = underWay
            tellStanding()
        }
        if let watcher { underWay = hub.standing(of: watcher) }
    }

    /// What is due; gives the next time.
    private func tick(at now: Duration) -> Duration? {
        guard !isClosing else {
            // It did not even read the goodbye.
            context?.close(mode: .all, promise: nil)
            return nil
        }
        for due in lifecycle.tick(at: now) {
            switch due {
            case .ping:
                guard isForSomebody else {
                    refuse()
                    return nil
                }
                if let watcher { underWay = hub.standing(of: watcher) }
                write(.ping, ByteBuffer())
            case .note:
                if let watcher, watcher.isLive, outlet.isWritable {
                    outlet.send(ExtendedWatch.heartbeat(at: hub.delivered, .extended))
                }
            case .close: context?.close(mode: .all, promise: nil)
            }
        }
        return lifecycle.nextDue
    }

    private func leave(_ end: Watcher.End) {
        hub.services.watches.closed(end)
        switch end {
        case .serverStops: close(.goingAway)
        case .tooSlow: close(.unknown(1013))
        case .stalled:
            // Its socket takes nothing: the code is said for the record, and nobody waits for it to be read.
            close(.unknown(1013))
            context?.close(mode: .all, promise: nil)
        }
    }

    /// Says goodbye and ends the connection; a client that gave no code gets none, as from the real server.
    private func close(_ code: WebSocketErrorCode?) {
        guard !isClosing, let context else { return }
        isClosing = true
        watcher?.markEnded()
        if let timer { hub.timers.end(timer) }
        timer = hub.timers.start(at: hub.uptime + WatchConnection.farewell) { [unowned self] now in tick(at: now) }
        context.sayGoodbye(code)
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        guard !isClosing else { return }
        context?.send(opcode, payload)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The codec has answered a protocol error with its close frame already.
        context.close(mode: .all, promise: nil)
    }
}

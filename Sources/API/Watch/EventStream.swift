import NIOCore
import NIOHTTP1
import Registry

/// The extended watch as server-sent events, for `curl` and browsers: an answer that does not end.
/// Rule: the HTML standard, "Server-sent events".
final class EventStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What it says of itself.
    static let headers: HTTPHeaders = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]

    private static let head =
        "HTTP/1.1 200 OK\r\n" + headers.map { "\($0.name): \($0.value)\r\n" }.joined() + "Connection: close\r\n\r\n"

    private let scope: WatchScope
    private let start: WatchTarget.WatchStart
    private let hub: WatchHub
    private let outlet: FrameOutlet
    private var context: ChannelHandlerContext?
    private var watcher: Watcher?
    private var timer: LoopTimers.Entry?

    private init(_ scope: WatchScope, after start: WatchTarget.WatchStart, _ hub: WatchHub, _ outlet: FrameOutlet) {
        self.scope = scope
        self.start = start
        self.hub = hub
        self.outlet = outlet
    }

    /// Answers on a connection with the stream, behind everything that was answered before: from here on its bytes
    /// pass the HTTP codec by.
    static func open(
        on channel: any Channel, _ scope: WatchScope, after start: WatchTarget.WatchStart, _ hub: WatchHub
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        let outlet = FrameOutlet()
        try pipeline.addHandler(outlet, position: .before(encoder))
        try pipeline.addHandler(EventStream(scope, after: start, hub, outlet), position: .after(outlet))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.send(ByteBuffer(string: EventStream.head))
        let watcher = WatchOpening.scope(scope, after: start, .stream, hub, outlet) { [unowned self] end in
            leave(end)
        }
        self.watcher = watcher
        hub.services.watches.count(watcher.audience.key, by: 1)
        timer = hub.timers.start(at: hub.uptime + ExtendedWatch.heartbeat) { [unowned self] now in
            beat()
            return now + ExtendedWatch.heartbeat
        }
        hub.add(watcher)
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        if let timer { hub.timers.end(timer) }
        guard let watcher else { return }
        hub.remove(watcher)
        hub.services.watches.count(watcher.audience.key, by: -1)
        self.watcher = nil
    }

    /// What a client sends now means nothing; it is read so that the end of the connection is seen.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    private func beat() {
        guard let watcher, watcher.isLive, outlet.isWritable else { return }
        outlet.send(ExtendedWatch.heartbeat(at: hub.delivered, .stream))
    }

    private func leave(_ end: Watcher.End) {
        hub.services.watches.closed(end)
        context?.close(mode: .all, promise: nil)
    }
}

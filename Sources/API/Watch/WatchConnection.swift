import NIOCore
import NIOWebSocket
import Registry

/// One watcher's connection. It holds no events: while its socket takes no more, it only remembers where it stopped,
/// and catches up from the log when the socket is writable again.
final class WatchConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// How far a connection that fell behind has come: the last revision that it has in full, and how many changes of
    /// the next batch.
    struct Position {
        var revision: Revision
        var changes = 0
    }

    let target: WatchTarget
    private let start: Revision
    private let hub: WatchHub
    private let outlet: FrameOutlet
    private var lifecycle: WebSocketLifecycle
    private var inbound = InboundFrames()
    private var context: ChannelHandlerContext?
    private var isClosing = false
    /// What it hears; nil for everything.
    var filter: WatchFilter?
    /// Where it stopped; nil while it is up to date with its hub.
    private(set) var behind: Position?

    /// A watch that hears of everything after `start`.
    init(_ target: WatchTarget, from start: Revision, hub: WatchHub, outlet: FrameOutlet, now: Duration) {
        self.target = target
        self.start = start
        self.hub = hub
        self.outlet = outlet
        lifecycle = WebSocketLifecycle(openedAt: now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if case .unknownConsumer = target {
            // As the real server: one frame that says why, and the end without a close frame.
            outlet.write(WatchFrame.text(Array("service does not exist".utf8)))
            outlet.flush()
            return context.close(mode: .all, promise: nil)
        }
        hub.add(self)
        hub.catchUp(self, from: Position(revision: start))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        hub.remove(self)
        self.context = nil
    }

    /// Sends one frame; false, and a note of where it stopped, when the socket takes no more.
    func send(_ frame: ByteBuffer, at position: Position) -> Bool {
        guard behind == nil, !isClosing, let context else { return false }
        guard context.channel.isWritable else {
            behind = position
            return false
        }
        outlet.write(frame)
        return true
    }

    func flush() { outlet.flush() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let position = behind {
            behind = nil
            hub.catchUp(self, from: position)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if let code = inbound.violation(of: frame) { return close(code) }
        switch frame.opcode {
        case .ping:
            lifecycle.heard(ping: true, at: hub.uptime)
            write(.pong, frame.unmaskedData)
        case .pong: lifecycle.heard(ping: false, at: hub.uptime)
        case .connectionClose:
            var payload = frame.unmaskedData
            close(payload.readWebSocketErrorCode())
        default: break
        }
    }

    func tick(at now: Duration) {
        switch lifecycle.tick(at: now) {
        case .nothing: break
        case .ping: write(.ping, ByteBuffer())
        case .close: context?.close(mode: .all, promise: nil)
        }
    }

    /// Says goodbye and ends the connection; a client that gave no code gets none, as from the real server.
    func close(_ code: WebSocketErrorCode?) {
        guard !isClosing, let context else { return }
        isClosing = true
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

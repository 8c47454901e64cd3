import Discovery
import NIOCore
import NIOWebSocket
import Registry
import ServiceCenterWire

/// A WebSocket that keeps one instance alive: each answer to our ping is a heartbeat. It ends with code 4001 when there
/// is no such instance, so that the client registers anew.
/// Rules: service-center 2 `heartbeat/websocket.go`; the pings follow the instance's own interval where it is shorter.
final class HeartbeatConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// Rule: service-center 2 `ErrWebsocketInstanceNotExists`, which go-chassis takes as the order to register.
    private static let unknownInstance = WebSocketErrorCode.unknown(4001)

    private let service: ServiceID
    private let instance: InstanceID
    private let caller: Caller
    private let services: Services
    private var lifecycle: WebSocketLifecycle
    private var inbound = InboundFrames()
    private var isClosing = false
    /// Whether a heartbeat is on its way: another pong meanwhile says nothing new.
    private var isBeating = false
    private var timer: LoopTimers.Entry?
    private let timers: LoopTimers

    init(_ service: ServiceID, _ instance: InstanceID, _ caller: Caller, _ services: Services, _ timers: LoopTimers) {
        self.service = service
        self.instance = instance
        self.caller = caller
        self.services = services
        self.timers = timers
        lifecycle = WebSocketLifecycle(openedAt: services.uptime())
    }

    private var known: Instance? {
        let ref = ServiceRef(tenant: caller.tenant, id: service)
        return services.view.tables.microservice(ref)?.instance(instance)?.visible
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let known else { return close(HeartbeatConnection.unknownInstance, context) }
        let interval = (try? InstanceRecord(kept: known.body))?.healthCheck?.interval ?? 30
        lifecycle = WebSocketLifecycle(openedAt: services.uptime(), pingingEvery: .seconds(max(1, interval)))
        timer = timers.start(at: lifecycle.nextDue) { [unowned self] now in tick(at: now, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let timer { timers.end(timer) }
    }

    private func tick(at now: Duration, _ context: ChannelHandlerContext) -> Duration? {
        let due = lifecycle.tick(at: now)
        if due.contains(.ping) { write(.ping, ByteBuffer(), context) }
        if due.contains(.close) { context.close(mode: .all, promise: nil) }
        return lifecycle.nextDue
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if let code = inbound.violation(of: frame) { return close(code, context) }
        switch frame.opcode {
        case .ping:
            // A client that pings is still pinged: only the answer to a ping is a heartbeat.
            lifecycle.heard(ping: false, at: services.uptime())
            write(.pong, frame.unmaskedData, context)
        case .pong:
            lifecycle.heard(ping: false, at: services.uptime())
            beat(context)
        case .connectionClose:
            var payload = frame.unmaskedData
            close(payload.readWebSocketErrorCode(), context)
        default: break
        }
    }

    private func beat(_ context: ChannelHandlerContext) {
        guard !isBeating else { return }
        isBeating = true
        let write = RegistryWrite.heartbeat(service, instance)
        let (caller, services) = (caller, services)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.makeFutureWithTask { () async -> ServiceCenterError.Code? in
            do throws(ServiceCenterError) {
                let answer = try await services.writes.perform(write, for: caller)
                return answer.status < 300 ? nil : answer.code
            } catch {
                return error.code
            }
        }.whenSuccess { code in
            let (connection, context) = bound.value
            connection.isBeating = false
            guard let code else { return }
            // What is no verdict on the instance ends the connection without a code: the client tries it over HTTP.
            guard code == .instanceUnknown || code == .microserviceUnknown else {
                return context.close(mode: .all, promise: nil)
            }
            connection.close(HeartbeatConnection.unknownInstance, context)
        }
    }

    private func close(_ code: WebSocketErrorCode?, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        let isUnknown = code == HeartbeatConnection.unknownInstance
        context.sayGoodbye(code, isUnknown ? "heartbeat reporting failed because the instance does not exist" : "")
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        context.send(opcode, payload)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(mode: .all, promise: nil) }
}

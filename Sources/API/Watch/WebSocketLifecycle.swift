/// When a watch is pinged and when it is given up. Pure; time is a `Duration` since a fixed point.
/// Rules: service-center's `websocket.go`: a ping every 30 s unless the client pings first, 120 s of silence end it.
package struct WebSocketLifecycle: Sendable {
    package enum Due: Sendable, Equatable {
        case nothing
        case ping
        case close
    }

    package static let pingInterval = Duration.seconds(30)
    package static let silenceLimit = Duration.seconds(120)

    private var lastHeard: Duration
    private var nextPing: Duration
    /// A client that pings by itself is pinged no more.
    private var clientPings = false

    private let interval: Duration

    /// `interval` is the time between pings when it is less than service-center's.
    package init(openedAt now: Duration, pingingEvery interval: Duration = WebSocketLifecycle.pingInterval) {
        lastHeard = now
        self.interval = min(interval, WebSocketLifecycle.pingInterval)
        nextPing = now + self.interval
    }

    /// A ping or pong came: only these count as signs of life, as in the real server.
    package mutating func heard(ping: Bool, at now: Duration) {
        lastHeard = now
        if ping { clientPings = true }
    }

    /// What is to be done now.
    package mutating func tick(at now: Duration) -> Due {
        if now - lastHeard >= WebSocketLifecycle.silenceLimit { return .close }
        guard !clientPings, now >= nextPing else { return .nothing }
        nextPing = now + interval
        return .ping
    }
}

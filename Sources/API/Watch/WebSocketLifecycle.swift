/// When a watch is pinged and when it is given up. Pure; time is a `Duration` since a fixed point.
/// Rules: service-center's `websocket.go`: a ping every 30 s unless the client pings first, 120 s of silence end it.
package struct WebSocketLifecycle: Sendable {
    package enum Due: Sendable, Equatable {
        case ping
        /// Something in the watch's own words that says that it lives.
        case note
        case close
    }

    package static let pingInterval = Duration.seconds(30)
    package static let silenceLimit = Duration.seconds(120)

    private var lastHeard: Duration
    private var nextPing: Duration
    private var nextNote: Duration?
    /// A client that pings by itself is pinged no more.
    private var clientPings = false

    private let interval: Duration
    private let noteInterval: Duration?

    /// `interval` is the time between pings when it is less than service-center's; notes are for watches that have
    /// some.
    package init(
        openedAt now: Duration, pingingEvery interval: Duration = WebSocketLifecycle.pingInterval,
        noteEvery noteInterval: Duration? = nil
    ) {
        lastHeard = now
        self.interval = min(interval, WebSocketLifecycle.pingInterval)
        self.noteInterval = noteInterval
        nextPing = now + self.interval
        nextNote = noteInterval.map { now + $0 }
    }

    /// A ping or pong came: only these count as signs of life, as in the real server.
    package mutating func heard(ping: Bool, at now: Duration) {
        lastHeard = now
        if ping { clientPings = true }
    }

    /// What is to be done now.
    package mutating func tick(at now: Duration) -> [Due] {
        if now - lastHeard >= WebSocketLifecycle.silenceLimit { return [.close] }
        var due: [Due] = []
        if let noteInterval, let next = nextNote, now >= next {
            nextNote = now + noteInterval
            due.append(.note)
        }
        if !clientPings, now >= nextPing {
            nextPing = now + interval
            due.append(.ping)
        }
        return due
    }

    /// When there is something to be done next, unless something is heard before.
    package var nextDue: Duration {
        let end = lastHeard + WebSocketLifecycle.silenceLimit
        let ping = clientPings ? end : min(end, nextPing)
        return nextNote.map { min($0, ping) } ?? ping
    }
}

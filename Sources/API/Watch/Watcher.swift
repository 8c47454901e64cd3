import NIOCore
import Registry

/// One subscriber: where it stands in the history, and the way to its socket. It holds no events.
final class Watcher {
    enum Progress {
        /// Has everything that its hub has handed out.
        case live
        /// Stopped there, because its socket took no more.
        case behind(EventCursor)
        /// Is told the present state, because the history is not what it needs, or not there any more.
        case resyncing(WatchResync)
    }

    let audience: Audience
    let outlet: FrameOutlet
    /// Since when it is there.
    let opened: UnixTime
    /// Its place among its audience.
    var index = 0
    var progress: Progress
    /// The turn up to which it has caught up by itself.
    var turn: UInt64 = 0
    /// When it fell behind.
    var lateSince = Duration.zero
    /// Whether it waits in one of the hub's lines of those that may go on.
    var isInLine = false
    private(set) var hasEnded = false
    /// Since when it has taken no byte, and how many waited then.
    private var stall: (since: Duration, bytes: Int)?
    private let onEnd: (End) -> Void

    /// Why a hub ends a watch.
    enum End {
        /// It took no byte for too long.
        case stalled
        /// What it missed is no longer known.
        case tooSlow
        case serverStops
    }

    /// A watcher that begins somewhere. `onEnd` ends its connection.
    init(
        _ audience: Audience, at start: Progress, opened: UnixTime, outlet: FrameOutlet,
        onEnd: @escaping (End) -> Void
    ) {
        self.audience = audience
        self.opened = opened
        self.outlet = outlet
        self.onEnd = onEnd
        progress = start
    }

    var isLive: Bool {
        if case .live = progress { true } else { false }
    }

    /// How far it has come for certain; nil for one that is live.
    var standing: Revision? {
        switch progress {
        case .live: nil
        case .behind(let cursor): cursor.revision
        case .resyncing(let resync): resync.origin
        }
    }

    /// Whether it has taken no byte for so long while something waited for it.
    func isStalled(for limit: Duration, at now: Duration) -> Bool {
        let bytes = outlet.waitingBytes
        guard let stall, bytes >= stall.bytes, bytes > 0 else {
            stall = (now, bytes)
            return false
        }
        return now - stall.since >= limit
    }

    func forgetStall() { stall = nil }

    func end(_ reason: End) {
        guard !hasEnded else { return }
        hasEnded = true
        onEnd(reason)
    }

    func markEnded() { hasEnded = true }
}

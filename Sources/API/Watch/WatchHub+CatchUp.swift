import Federation
import NIOCore
import Registry

/// How watchers that are not live catch up, a piece at a time.
extension WatchHub {
    func enqueue(_ watcher: Watcher) {
        guard !watcher.isInLine, !watcher.hasEnded else { return }
        watcher.isInLine = true
        if uptime - watcher.lateSince > Backlog<Watcher>.age {
            backlog.append(watcher)
            workOff()
        } else {
            line.append(watcher)
            schedule()
        }
    }

    /// The next of those who have much to catch up with, one after the other.
    private func workOff() {
        guard let pause = backlog.nextPause(at: uptime) else { return }
        eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(pause / .nanoseconds(1)))) { [self] in
            if let watcher = backlog.next() {
                watcher.isInLine = false
                advance(watcher)
            }
            workOff()
        }
    }

    /// Hands a watcher that is not live its next piece, if its socket takes one.
    func advance(_ watcher: Watcher) {
        guard !watcher.hasEnded, watcher.outlet.isWritable else { return }
        watcher.forgetStall()
        switch watcher.progress {
        case .live: return
        case .behind(let start): follow(watcher, from: start)
        case .resyncing(var resync):
            if let piece = resync.next(for: watcher.audience) {
                watcher.progress = .resyncing(resync)
                if !piece.bytes.isEmpty {
                    watcher.outlet.send(ByteBuffer(bytes: piece.bytes))
                    services.watches.told(piece.told)
                }
            } else {
                watcher.progress = .behind(EventCursor(resync.end))
            }
        }
        if !watcher.isLive { enqueue(watcher) }
    }

    /// Goes on from the log, up to where the hub is.
    private func follow(_ watcher: Watcher, from start: EventCursor) {
        let (audience, cursor) = (watcher.audience, cursor)
        // What is ahead of the hub waits for its next turn.
        guard start.revision < cursor else {
            if start.revision == cursor { goLive(watcher) }
            return
        }
        guard let piece = CatchUpPiece(for: audience, after: start, upTo: cursor, services) else {
            return resync(watcher, from: start.revision)
        }
        watcher.progress = .behind(piece.end)
        for segment in piece.segments { watcher.outlet.send(segment.bytes) }
        services.watches.sent(piece.segments.map { ($0, 1) }, at: services.now(), since: watcher.opened)
        if piece.end == EventCursor(cursor) { goLive(watcher) }
    }

    private func goLive(_ watcher: Watcher) {
        watcher.progress = .live
        watcher.turn = turn
        late.remove(watcher)
    }

    /// Starts over from the present state, because the log does not reach back to where the watcher is.
    private func resync(_ watcher: Watcher, from origin: Revision) {
        let resync = services.registry.begin { view, log in
            WatchResync(watcher.audience, from: origin, view, log)
        }
        // More has ended than anybody remembers: only its client can start over.
        guard let resync else { return watcher.end(.tooSlow) }
        services.watches.resynced()
        watcher.progress = .resyncing(resync)
    }
}

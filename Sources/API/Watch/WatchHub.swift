import Federation
import NIOCore
import Registry
import ServiceCenterWire

/// All watchers of one event loop. Woken once for any number of changes; reads the log after its cursor, puts together
/// what each audience hears, hands the same bytes to all of it, and flushes each connection once. A turn over many
/// connections is made in slices, so that other work of the loop comes in between.
final class WatchHub {
    /// Watchers that are served before the loop does something else.
    private static let slice = 256
    /// Watchers that catch up in one slice: each may be handed a whole segment.
    private static let catchUps = 16
    /// Long enough that the loop looks at its sockets, short enough that nobody notices.
    private static let breath = TimeAmount.microseconds(20)
    /// Changes that one turn takes out of the log.
    private static let maxChanges = 4_096

    /// A turn that is under way: whose delivery it is, and which of its watchers is the next.
    private struct Pass {
        let turn: WatchTurn
        var delivery = 0
        var watcher = 0
    }

    let services: Services
    let timers: LoopTimers
    private let eventLoop: any EventLoop
    /// Up to here events were taken out of the log.
    private var cursor: Revision
    /// Up to here every live watcher was handed everything.
    private(set) var delivered: Revision
    private var turn: UInt64 = 0
    private var pass: Pass?
    private var isScheduled = false
    private var audiences = AudienceIndex()
    private var late = LateWatchers()
    /// Those of them who can go on: at once, or a little at a time because it is much.
    private var line: CircularBuffer<Watcher> = []
    private var backlog: Backlog<Watcher>

    init(services: Services, eventLoop: any EventLoop) {
        self.services = services
        self.eventLoop = eventLoop
        cursor = services.view.revision
        delivered = cursor
        timers = LoopTimers(at: services.uptime())
        backlog = Backlog(at: services.uptime())
    }

    var uptime: Duration { services.uptime() }

    /// The audience that a watcher is to belong to.
    func audience(_ interest: WatchInterest, _ form: WatchForm) -> Audience {
        audiences.audience(Audience.Key(interest: interest, form: form), in: services.view.tables)
    }

    func add(_ watcher: Watcher) {
        watcher.audience.add(watcher)
        late.insert(watcher)
        watcher.lateSince = uptime
        watcher.outlet.onWritable = { [unowned self, unowned watcher] in
            if !watcher.isLive { enqueue(watcher) }
        }
        advance(watcher)
    }

    func remove(_ watcher: Watcher) {
        watcher.markEnded()
        watcher.outlet.onWritable = {}
        late.remove(watcher)
        watcher.audience.remove(watcher)
        audiences.tidy(watcher.audience)
        late.count(in: services.watches)
    }

    /// How far a watcher has come for certain.
    func standing(of watcher: Watcher) -> Revision { watcher.standing ?? delivered }

    /// Looks after timers and after those who take nothing; called every second.
    func tick() {
        let now = uptime
        timers.advance(to: now)
        for watcher in late.stalled(for: services.limits.now.watchStall, at: now) { watcher.end(.stalled) }
        late.count(in: services.watches)
    }

    /// Ends every watch, because the process stops.
    func closeAll() {
        for audience in audiences.everybody {
            for watcher in audience.watchers { watcher.end(.serverStops) }
        }
    }

    /// Delivers what happened since the last turn.
    func run() {
        guard !isScheduled else { return }
        if pass == nil { begin() }
        proceed()
    }

    /// One slice; the next one comes when the loop has looked at its sockets.
    private func proceed() {
        serve()
        for _ in 0..<min(WatchHub.catchUps, line.count) {
            guard let watcher = line.popFirst() else { break }
            watcher.isInLine = false
            advance(watcher)
        }
        if pass == nil { begin() }
        late.count(in: services.watches)
        if pass != nil || !line.isEmpty { schedule() }
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: WatchHub.breath) { [self] in
            isScheduled = false
            proceed()
        }
    }

    /// Takes the next batches out of the log. A batch that changes who depends on whom begins a turn: what came before
    /// it is not for the new audience.
    private func begin() {
        guard case .batches(let all) = services.registry.history(after: cursor) else { return compacted() }
        guard let first = all.first else { return }
        var batches = [first]
        var count = first.changes.count
        for batch in all.dropFirst() {
            guard batch.consumers.isEmpty, count < WatchHub.maxChanges else { break }
            batches.append(batch)
            count += batch.changes.count
        }
        let names = batches.reduce(into: Set()) { $0.formUnion($1.names) }
        // Their sources' names mean others from here on: the log has nothing for them.
        if !names.isEmpty { fallBehind(at: cursor) { $0.source.map(names.contains) ?? false } }
        let tables = services.view.tables
        audiences.refresh(first.consumers, in: tables)
        cursor = batches[batches.count - 1].revision
        turn += 1
        let next = WatchTurn(turn, batches, to: audiences, in: tables, services.frames)
        services.watches.begin(next.waits, at: services.now())
        pass = Pass(turn: next)
    }

    /// The loop was held up for so long that the log went on without it.
    private func compacted() {
        let last = cursor
        cursor = services.view.revision
        delivered = cursor
        fallBehind(at: last) { _ in true }
    }

    /// Has audiences catch up by themselves from where they are.
    private func fallBehind(at last: Revision, _ fits: (Audience) -> Bool) {
        for audience in audiences.everybody where fits(audience) {
            for watcher in audience.watchers where watcher.isLive {
                fall(watcher, at: EventCursor(last))
                enqueue(watcher)
            }
        }
    }

    private func serve() {
        guard var pass else { return }
        backlog.served(at: uptime)
        var left = WatchHub.slice
        while pass.delivery < pass.turn.deliveries.count {
            let delivery = pass.turn.deliveries[pass.delivery]
            let end = min(delivery.watchers.count, pass.watcher + left)
            left -= end - pass.watcher
            hand(delivery.segments, to: delivery.watchers[pass.watcher..<end])
            guard end == delivery.watchers.count else {
                pass.watcher = end
                self.pass = pass
                return
            }
            pass.delivery += 1
            pass.watcher = 0
        }
        services.watches.end(pass.turn.waits)
        delivered = cursor
        self.pass = nil
    }

    private func hand(_ segments: [WatchSegment], to watchers: ArraySlice<Watcher>) {
        guard !segments.isEmpty else { return }
        let counts = segments.map { segment in
            segment.bytes.withUnsafeReadableBytes { pointer in hand(segment, pointer, to: watchers) }
        }
        services.watches.sent(zip(segments, counts), at: services.now())
    }

    /// Hands a segment to those who have everything before it; gives to how many.
    private func hand(
        _ segment: WatchSegment, _ pointer: UnsafeRawBufferPointer, to watchers: ArraySlice<Watcher>
    ) -> Int {
        var count = 0
        for watcher in watchers where watcher.isLive && watcher.turn != turn && !watcher.hasEnded {
            let outlet = watcher.outlet
            guard outlet.isWritable else {
                fall(watcher, at: segment.start)
                continue
            }
            outlet.send(pointer, of: segment.bytes)
            count += 1
        }
        return count
    }

    /// A watcher takes no more: it only keeps where it stopped.
    private func fall(_ watcher: Watcher, at cursor: EventCursor) {
        watcher.progress = .behind(cursor)
        watcher.lateSince = uptime
        late.insert(watcher)
    }

    private func enqueue(_ watcher: Watcher) {
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
    private func advance(_ watcher: Watcher) {
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

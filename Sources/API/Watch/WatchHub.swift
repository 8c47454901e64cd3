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

    /// Turns in one go that nobody hears anything of: each consumer that looks something up begins one.
    private static let emptyTurns = 64

    /// A turn that is under way: whose delivery it is, and which of its watchers is the next.
    private struct Pass {
        let turn: WatchTurn
        var delivery = 0
        var watcher = 0
    }

    let services: Services
    let timers: LoopTimers
    let eventLoop: any EventLoop
    /// Up to here events were taken out of the log.
    private(set) var cursor: Revision
    /// Up to here every live watcher was handed everything.
    private(set) var delivered: Revision
    private(set) var turn: UInt64 = 0
    private var pass: Pass?
    private var isScheduled = false
    private var audiences = AudienceIndex()
    var late = LateWatchers()
    /// Those of them who can go on: at once, or a little at a time because it is much.
    var line: CircularBuffer<Watcher> = []
    var backlog: Backlog<Watcher>

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
        if pass != nil || !line.isEmpty || cursor < services.view.revision { schedule() }
    }

    func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: WatchHub.breath) { [self] in
            isScheduled = false
            proceed()
        }
    }

    /// Begins the next turn, if there is anything to hand over in it.
    private func begin() {
        var turns = 0
        while pass == nil, turns < WatchHub.emptyTurns, takeTurn() { turns += 1 }
    }

    /// Takes the next batches out of the log; false when there is nothing new. A batch that changes who depends on whom
    /// begins a turn: what came before it is not for the new audience.
    private func takeTurn() -> Bool {
        guard case .batches(let all) = services.registry.history(after: cursor) else {
            compacted()
            return false
        }
        guard let first = all.first else { return false }
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
        if next.deliveries.isEmpty { endPass(next) }
        return true
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
        endPass(pass.turn)
    }

    private func endPass(_ turn: WatchTurn) {
        services.watches.end(turn.waits)
        delivered = cursor
        pass = nil
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
    func fall(_ watcher: Watcher, at cursor: EventCursor) {
        watcher.progress = .behind(cursor)
        watcher.lateSince = uptime
        late.insert(watcher)
    }
}

package import Federation
package import Registry
import Locks

/// Who watches, and what was sent to them, since the process began.
package final class WatchCounters: Sendable {
    /// What became of the events of one source.
    package struct Deliveries: Sendable {
        /// Frames about instances handed to sockets, one for each watcher: events, and what is told of the present
        /// state.
        package var frames = 0
        /// From the source's change, as it was first heard of, to the hand-over to the socket of a watcher that was
        /// there when it happened.
        package var lag = Histogram(bounds: WatchCounters.lagBounds)
        package var recentLag = LagSketch()
        /// Events that hubs have taken out of the log and not yet handed to everybody.
        package var pending = 0
        /// From the same moment until a hub took them.
        package var recentWaits = LagSketch()
    }

    package struct Snapshot: Sendable {
        /// Watches at this moment: of a consumer's providers, by domain, and of a part of everything, by form.
        package var consumers: [String: Int] = [:]
        package var sockets = 0
        package var streams = 0
        package var bySource: [SourceID: Deliveries] = [:]
        /// Watches that were closed because nobody knows any more what they missed.
        package var tooSlow = 0
        /// Watches that were closed because they took nothing.
        package var stalled = 0
        /// Watches that were brought up to date by the present state.
        package var resynced = 0
        /// Watches at this moment that have not been handed everything.
        package var behind = 0
        /// Pieces of one or more events that were handed to sockets.
        package var writes = 0
    }

    private struct State {
        var snapshot = Snapshot()
        var places = 0
    }

    package static let lagBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private let state = Mutex(State())

    package init() {}

    package var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// Takes a place among the watchers; false when there is none left.
    func enter(limit: Int) -> Bool {
        state.withLock { state in
            guard state.places < limit else { return false }
            state.places += 1
            return true
        }
    }

    func leave() { state.withLock { $0.places -= 1 } }

    /// Whether a watcher more would be one too many.
    func isFull(limit: Int) -> Bool { state.withLock { $0.places >= limit } }

    /// A watch begins (`by` is 1) or ends (-1).
    func count(_ key: Audience.Key, by change: Int) {
        state.withLock { state in
            switch key.interest {
            case .consumer(let consumer):
                let domain = consumer.tenant.domain
                state.snapshot.consumers[domain, default: 0] += change
                if state.snapshot.consumers[domain] == 0 { state.snapshot.consumers[domain] = nil }
            case .scope where key.form == .stream: state.snapshot.streams += change
            case .scope: state.snapshot.sockets += change
            }
        }
    }

    func closed(_ end: Watcher.End) {
        state.withLock { state in
            switch end {
            case .stalled: state.snapshot.stalled += 1
            case .tooSlow: state.snapshot.tooSlow += 1
            case .serverStops: break
            }
        }
    }

    func resynced() { state.withLock { $0.snapshot.resynced += 1 } }

    /// A hub took events out of the log.
    func begin(_ waits: [WatchSegment.Portion], at now: UnixTime) {
        state.withLock { state in
            for wait in waits {
                state.snapshot.bySource[wait.source, default: Deliveries()].pending += wait.count
                state.snapshot.bySource[wait.source]?.recentWaits
                    .observe(now.since(wait.observed), times: wait.count, at: now)
            }
        }
    }

    /// They were handed to everybody.
    func end(_ waits: [WatchSegment.Portion]) {
        state.withLock { state in
            for wait in waits { state.snapshot.bySource[wait.source]?.pending -= wait.count }
        }
    }

    /// So many watchers more, or fewer, are not live.
    func fellBehind(_ change: Int) { state.withLock { $0.snapshot.behind += change } }

    /// A watcher was told the present state of instances, so many of each source.
    func told(_ instances: [SourceID: Int]) {
        state.withLock { state in
            state.snapshot.writes += 1
            for (source, count) in instances { state.snapshot.bySource[source, default: Deliveries()].frames += count }
        }
    }

    /// Each segment was handed to so many watchers. What happened before `opened` is no lag: nobody was there to be
    /// told.
    func sent(
        _ segments: some Sequence<(WatchSegment, Int)>, at now: UnixTime,
        since opened: UnixTime = UnixTime(nanoseconds: .min)
    ) {
        state.withLock { state in
            for (segment, watchers) in segments where watchers > 0 {
                state.snapshot.writes += watchers
                for portion in segment.portions {
                    let count = portion.count * watchers
                    let lag = now.since(portion.observed)
                    var deliveries = state.snapshot.bySource.removeValue(forKey: portion.source) ?? Deliveries()
                    deliveries.frames += count
                    if portion.observed >= opened {
                        deliveries.lag.observe(lag.seconds, times: count)
                        deliveries.recentLag.observe(lag, times: count, at: now)
                    }
                    state.snapshot.bySource[portion.source] = deliveries
                }
            }
        }
    }
}

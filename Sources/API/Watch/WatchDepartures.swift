import Locks
import NIOCore
import Registry

/// How far the watches of each consumer had come when they ended, for some time: who comes back within it gets what it
/// missed. A consumer's replicas share its ID, so nobody knows which of them comes back: each starts where the one
/// began to miss that left with the least.
final class WatchDepartures: Sendable {
    private struct Departure {
        var revision: Revision
        var at: Duration
    }

    private struct State {
        var departures: [MicroserviceKey: [Departure]] = [:]
        var order: CircularBuffer<(consumer: MicroserviceKey, at: Duration)> = []
    }

    /// More departures of one consumer are remembered as one.
    private static let maxEach = 16

    private let state = Mutex(State())
    private let window: Duration
    private let capacity: Int

    /// Remembers for a time, at most so many departures.
    init(remembering window: Duration, atMost capacity: Int) {
        self.window = window
        self.capacity = capacity
    }

    /// A watch ended whose client has everything up to a revision.
    func left(_ consumer: MicroserviceKey, at revision: Revision, now: Duration) {
        guard window > .zero else { return }
        state.withLock { state in
            state.departures[consumer, default: []].append(Departure(revision: revision, at: now))
            if let all = state.departures[consumer], all.count > WatchDepartures.maxEach {
                let merged = Departure(revision: min(all[0].revision, all[1].revision), at: all[1].at)
                state.departures[consumer] = [merged] + all.dropFirst(2)
            }
            state.order.append((consumer, now))
            expire(&state, now)
        }
    }

    /// From where on a consumer's new watch is to be told what it missed; nil for one that nobody remembers.
    func revision(of consumer: MicroserviceKey, now: Duration) -> Revision? {
        state.withLock { state in
            expire(&state, now)
            return state.departures[consumer]?.filter { now - $0.at <= window }.map(\.revision).min()
        }
    }

    private func expire(_ state: inout State, _ now: Duration) {
        while let oldest = state.order.first, now - oldest.at > window || state.order.count > capacity {
            state.order.removeFirst()
            state.departures[oldest.consumer]?.removeAll { $0.at <= oldest.at }
            if state.departures[oldest.consumer]?.isEmpty ?? false { state.departures[oldest.consumer] = nil }
        }
    }
}

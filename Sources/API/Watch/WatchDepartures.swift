import Locks
import NIOCore
import Registry

/// How far the watches of each consumer had come when they ended, for some time: who comes back within it gets what it
/// missed. A consumer's replicas share its ID, so nobody knows which of them comes back: each starts where the one
/// began to miss that left with the least. A watch that is open counts as well: its client may be gone, and come back
/// before the end of its connection is seen.
final class WatchDepartures: Sendable {
    private struct Departure {
        var revision: Revision
        var at: Duration
    }

    private struct State {
        var departures: [MicroserviceKey: [Departure]] = [:]
        /// What the clients of open watches have for certain.
        var standing: [MicroserviceKey: [ObjectIdentifier: Revision]] = [:]
        var order: CircularBuffer<(consumer: MicroserviceKey, at: Duration)> = []
    }

    /// More departures of one consumer are remembered as one.
    private static let maxEach = 16

    private let state = Mutex(State())
    private let limits: LimitsInForce

    /// Remembers for the time of `watchReturn`, at most as many departures as there may be watches.
    init(within limits: LimitsInForce) { self.limits = limits }

    /// A watch is open whose client has everything up to a revision; said again when it has more.
    func stands(_ consumer: MicroserviceKey, _ watch: ObjectIdentifier, at revision: Revision) {
        guard limits.now.watchReturn > .zero else { return }
        state.withLock { $0.standing[consumer, default: [:]][watch] = revision }
    }

    /// A watch ended whose client has everything up to a revision.
    func left(_ consumer: MicroserviceKey, _ watch: ObjectIdentifier, at revision: Revision, now: Duration) {
        let limits = limits.now
        state.withLock { state in
            state.standing[consumer]?[watch] = nil
            if state.standing[consumer]?.isEmpty ?? false { state.standing[consumer] = nil }
            guard limits.watchReturn > .zero else { return }
            state.departures[consumer, default: []].append(Departure(revision: revision, at: now))
            if let all = state.departures[consumer], all.count > WatchDepartures.maxEach {
                let merged = Departure(revision: min(all[0].revision, all[1].revision), at: all[1].at)
                state.departures[consumer] = [merged] + all.dropFirst(2)
            }
            state.order.append((consumer, now))
            expire(&state, limits, now)
        }
    }

    /// From where on a consumer's new watch is to be told what it missed; nil for one that nobody remembers.
    func revision(of consumer: MicroserviceKey, now: Duration) -> Revision? {
        let limits = limits.now
        guard limits.watchReturn > .zero else { return nil }
        return state.withLock { state in
            expire(&state, limits, now)
            let departed =
                state.departures[consumer]?.filter { now - $0.at <= limits.watchReturn }.map(\.revision) ?? []
            return (departed + (state.standing[consumer]?.values.map(\.self) ?? [])).min()
        }
    }

    private func expire(_ state: inout State, _ limits: APILimits, _ now: Duration) {
        while let oldest = state.order.first,
            now - oldest.at > limits.watchReturn || state.order.count > limits.watchers
        {
            state.order.removeFirst()
            state.departures[oldest.consumer]?.removeAll { $0.at <= oldest.at }
            if state.departures[oldest.consumer]?.isEmpty ?? false { state.departures[oldest.consumer] = nil }
        }
    }
}

package import Federation
import Locks

/// What was asked, by route and outcome, since the process began.
package final class RequestCounters: Sendable {
    package struct Key: Hashable, Sendable {
        package let route: String
        package let method: String
        package let status: UInt
        package let domain: String
    }

    package struct Snapshot: Sendable {
        package var counts: [Key: Int] = [:]
        /// How long a request took from its last byte to the answer's hand-over, by route.
        package var durations: [String: Histogram] = [:]
        /// Connections at this moment.
        package var connections = 0
    }

    /// The requests of one kind. Who answers many of a kind keeps it at hand.
    package final class Slot: Sendable {
        private let state = Mutex((count: 0, durations: Histogram(bounds: RequestCounters.bounds)))

        fileprivate var value: (count: Int, durations: Histogram) { state.withLock { $0 } }

        /// Books one request; `seconds` is nil for one that becomes a watch, which has no end to measure to.
        func count(seconds: Double?) {
            state.withLock { state in
                state.count += 1
                if let seconds { state.durations.observe(seconds) }
            }
        }
    }

    private struct State {
        var slots: [Key: Slot] = [:]
        var domains: Set<String> = []
        var connections = 0
    }

    /// Domains come from clients: beyond this many, further ones are counted together.
    private static let maxDomains = 64
    private static let bounds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
    private let state = Mutex(State())

    package init() {}

    package var snapshot: Snapshot {
        let (slots, connections) = state.withLock { ($0.slots, $0.connections) }
        var snapshot = Snapshot(connections: connections)
        for (key, slot) in slots {
            let (count, durations) = slot.value
            snapshot.counts[key] = count
            guard durations.total > 0 else { continue }
            snapshot.durations[key.route, default: Histogram(bounds: RequestCounters.bounds)].add(durations)
        }
        return snapshot
    }

    /// Where requests of this kind are counted.
    func slot(route: String, method: String, status: UInt, domain: String) -> Slot {
        state.withLock { state in
            if state.domains.count < RequestCounters.maxDomains { state.domains.insert(domain) }
            let domain = state.domains.contains(domain) ? domain : "(others)"
            let key = Key(route: route, method: method, status: status, domain: domain)
            if let slot = state.slots[key] { return slot }
            let slot = Slot()
            state.slots[key] = slot
            return slot
        }
    }

    /// Takes a place among the connections; false when there is none left.
    func connect(limit: Int) -> Bool {
        state.withLock { state in
            guard state.connections < limit else { return false }
            state.connections += 1
            return true
        }
    }

    func disconnect() { state.withLock { $0.connections -= 1 } }
}

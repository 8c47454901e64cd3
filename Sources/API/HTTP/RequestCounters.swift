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

    /// Domains come from clients: beyond this many, further ones are counted together.
    private static let maxDomains = 64
    private let state = Mutex((snapshot: Snapshot(), domains: Set<String>()))

    package init() {}

    package var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// Books one request; `took` is nil for one that becomes a watch, which has no end to measure to.
    func count(route: String, method: String, status: UInt, domain: String, took: Duration?) {
        state.withLock { state in
            if state.domains.count < RequestCounters.maxDomains { state.domains.insert(domain) }
            let domain = state.domains.contains(domain) ? domain : "(others)"
            let key = Key(route: route, method: method, status: status, domain: domain)
            state.snapshot.counts[key, default: 0] += 1
            guard let took else { return }
            let empty = Histogram(bounds: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5])
            state.snapshot.durations[route, default: empty].observe(took.seconds)
        }
    }

    /// Takes a place among the connections; false when there is none left.
    func connect(limit: Int) -> Bool {
        state.withLock { state in
            guard state.snapshot.connections < limit else { return false }
            state.snapshot.connections += 1
            return true
        }
    }

    func disconnect() { state.withLock { $0.snapshot.connections -= 1 } }
}

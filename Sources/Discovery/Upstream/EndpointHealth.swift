import Registry

/// How the endpoints of one upstream did lately, and which one is asked first. Pure: clocks and jitter come in.
///
/// A score from 0 to 1 is lowered by failures, of which half is forgotten each minute, and by the time until an answer
/// begins, of which half is forgotten each ten minutes. Who answered last goes on being asked, unless another one has
/// become clearly better. One that failed is asked after all others until its backoff is over.
struct EndpointHealth {
    private static let failuresFadeBy = Duration.seconds(60)
    private static let latencyFadesBy = Duration.seconds(600)
    /// How much better another one must be to be asked instead: endpoints that are alike do not take turns.
    private static let margin = 0.2
    private static let backoff = Backoff(interval: .seconds(60))

    private struct Endpoint {
        var status: EndpointStatus
        /// How bad its last attempts were, from 0 to 1, at the time of the last one.
        var badness = 0.0
        var attemptAt = Duration.zero
        /// Seconds until an answer began, at the time when one did last.
        var latency = 0.0
        var latencyAt = Duration.zero
        var retryAt = Duration.zero

        func score(at now: Duration) -> Double {
            let bad = badness * EndpointHealth.fading(now - attemptAt, by: EndpointHealth.failuresFadeBy)
            let slow = latency * EndpointHealth.fading(now - latencyAt, by: EndpointHealth.latencyFadesBy)
            return (1 - bad) / (1 + slow)
        }
    }

    private var endpoints: [Endpoint]
    /// The one that answered last.
    private var preferred = 0

    /// - Parameter endpoints: as text; at least one.
    init(_ endpoints: [String]) {
        self.endpoints = endpoints.map { Endpoint(status: EndpointStatus($0)) }
    }

    /// All of them, the one to ask first in front.
    func order(at now: Duration) -> [Int] {
        func rank(_ index: Int) -> (rest: Duration, score: Double) {
            let endpoint = endpoints[index]
            let score = endpoint.score(at: now) + (index == preferred ? EndpointHealth.margin : 0)
            return (max(endpoint.retryAt - now, .zero), score)
        }
        let ranks = endpoints.indices.map(rank)
        return endpoints.indices.sorted { left, right in
            if ranks[left].rest != ranks[right].rest { return ranks[left].rest < ranks[right].rest }
            if ranks[left].score != ranks[right].score { return ranks[left].score > ranks[right].score }
            return left < right
        }
    }

    /// The head of an answer came after so long.
    mutating func answered(_ index: Int, after latency: Duration, at now: Duration) {
        let old =
            endpoints[index].latency
            * EndpointHealth.fading(
                now - endpoints[index].latencyAt, by: EndpointHealth.latencyFadesBy)
        let new = latency / .seconds(1)
        endpoints[index].latency = old == 0 ? new : (old + new) / 2
        endpoints[index].latencyAt = now
    }

    mutating func succeeded(_ index: Int, at now: Duration) {
        attempt(index, badness: 0, at: now)
        endpoints[index].retryAt = .zero
        endpoints[index].status.state = .healthy
        endpoints[index].status.consecutiveFailures = 0
        preferred = index
    }

    /// - Parameter time: the time of day, to be shown.
    mutating func failed(_ index: Int, _ reason: String, at now: Duration, time: UnixTime, jitter: Double) {
        attempt(index, badness: 1, at: now)
        endpoints[index].status.state = .failing
        endpoints[index].status.consecutiveFailures += 1
        endpoints[index].status.lastFailure = (time, reason)
        endpoints[index].retryAt =
            now
            + EndpointHealth.backoff.pause(
                afterFailures: endpoints[index].status.consecutiveFailures, jitter: jitter)
    }

    /// In the order in which they are declared.
    func statuses(at now: Duration) -> [EndpointStatus] {
        endpoints.map { endpoint in
            var status = endpoint.status
            status.score = endpoint.score(at: now)
            return status
        }
    }

    /// Half of what an endpoint is judged by is its last attempt.
    private mutating func attempt(_ index: Int, badness: Double, at now: Duration) {
        let old =
            endpoints[index].badness
            * EndpointHealth.fading(
                now - endpoints[index].attemptAt, by: EndpointHealth.failuresFadeBy)
        endpoints[index].badness = (old + badness) / 2
        endpoints[index].attemptAt = now
    }

    /// What is left after a while of something of which half is forgotten each `halfLife`: halves in whole steps, and
    /// linear in between, which needs no mathematics of the C library.
    private static func fading(_ age: Duration, by halfLife: Duration) -> Double {
        guard age > .zero else { return 1 }
        let steps = age / halfLife
        guard steps < 40 else { return 0 }
        let whole = steps.rounded(.down)
        return (1 - (steps - whole) / 2) / Double(1 << Int(whole))
    }
}

import Discovery
package import Federation
package import Registry

/// What the handlers work with: handed to each of them, so that a handler is a function of its arguments.
package struct Services: Sendable {
    package let federation: FederationService
    package let requests: RequestCounters
    package let watches: WatchCounters
    package let readiness: Readiness
    let frames = EventFrames()
    let departures: WatchDepartures
    let writes: WriteRouter
    let conflicts: ConflictScan
    let differences: DifferenceList
    let topology: TopologyAccess
    package let answers: AnswerCounters
    package let load: LoadGauge
    package let limits: APILimits
    package let startedAt: UnixTime

    package init(
        federation: FederationService, limits: APILimits, topology: TopologyAccess = .none
    ) {
        self.federation = federation
        self.limits = limits
        writes = WriteRouter(federation)
        conflicts = ConflictScan()
        differences = DifferenceList()
        self.topology = topology
        readiness = Readiness()
        requests = RequestCounters()
        watches = WatchCounters()
        departures = WatchDepartures(remembering: limits.watchReturn, atMost: limits.watchers)
        answers = AnswerCounters()
        load = LoadGauge()
        startedAt = federation.clock.now()
    }

    package var registry: FederatedRegistry { federation.registry }

    /// The time of day, and the time since a fixed point.
    package func now() -> UnixTime { federation.clock.now() }
    package func uptime() -> Duration { federation.clock.uptime() }

    /// Everything as it is now.
    package var view: RegistryView { federation.registry.view }
}

/// What one client and all clients together may take.
package struct APILimits: Sendable, Equatable {
    /// Connections at once; one more is closed.
    package var connections: Int
    /// Watches at once; one more is answered 503.
    package var watchers: Int
    package var bodyBytes: Int
    package var headerBytes: Int
    /// Requests that wait for the home or another source at once; one more is answered 429.
    package var waitingRequests: Int
    /// Bytes of answers that clients were slow to take; while there are more, requests are answered 429.
    package var waitingBytes: Int
    /// What answers may take that are kept to be given again, all event loops together.
    package var keptBytes: Int
    /// How long a watcher may take no byte while there is something for it.
    package var watchStall: Duration
    /// How long it is remembered how far a consumer's watch had come, once it has ended.
    package var watchReturn: Duration

    package init(
        connections: Int, watchers: Int, bodyBytes: Int, headerBytes: Int, waitingRequests: Int = 4_096,
        waitingBytes: Int = 256 << 20, keptBytes: Int = 256 << 20,
        watchStall: Duration = .seconds(60), watchReturn: Duration = .seconds(120)
    ) {
        self.connections = connections
        self.watchers = watchers
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
        self.waitingRequests = waitingRequests
        self.waitingBytes = waitingBytes
        self.keptBytes = keptBytes
        self.watchStall = watchStall
        self.watchReturn = watchReturn
    }
}

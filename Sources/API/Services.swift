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
    package let limits: LimitsInForce
    package let startedAt: UnixTime

    package init(
        federation: FederationService, limits: LimitsInForce, topology: TopologyAccess = .none
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
        departures = WatchDepartures(within: limits)
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

import Discovery
package import Federation
package import Registry

/// What the handlers work with: handed to each of them, so that a handler is a function of its arguments.
package struct Services: Sendable {
    package let federation: FederationService
    package let requests: RequestCounters
    package let watches: WatchCounters
    let writes: WriteRouter
    package let limits: APILimits
    package let startedAt: UnixTime

    package init(federation: FederationService, limits: APILimits) {
        self.federation = federation
        self.limits = limits
        writes = WriteRouter(federation)
        requests = RequestCounters()
        watches = WatchCounters()
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

    package init(connections: Int, watchers: Int, bodyBytes: Int, headerBytes: Int) {
        self.connections = connections
        self.watchers = watchers
        self.bodyBytes = bodyBytes
        self.headerBytes = headerBytes
    }
}

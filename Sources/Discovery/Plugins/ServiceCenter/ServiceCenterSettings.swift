package import Topology

/// What a `servicecenter` source may declare; `docs/topology.md` has the table.
package struct ServiceCenterSettings: Sendable, Equatable {
    /// Replicas of one registry: the next one is asked when one fails.
    package var endpoints: [UpstreamEndpoint]
    /// Between two reads.
    package var interval: Duration
    /// For one whole read, over all endpoints.
    package var timeout: Duration
    /// For the connection to one endpoint.
    package var connectTimeout: Duration
    /// The most that a dump may have, after decompression.
    package var maxBodyBytes: Int
    /// Whether to ask for gzip.
    package var compression: Bool
    /// Whether heartbeats and changes of its instances are passed on to it when it is not the home.
    package var writable: Bool
    /// How long heartbeats of its instances are answered 200 while it is away.
    package var absorb: Duration
    /// Whether changes are heard as they happen.
    package var observe: Observing
    /// The most watches that are opened for that: each is a connection.
    package var maxWatches: Int
    /// The most that the interval may grow to while reads find nothing, or take long.
    package var maxInterval: Duration

    /// What becomes of an upstream that does not let itself be observed.
    package enum Observing: String, Sendable, CaseIterable {
        /// It is polled.
        case auto
        /// It is never asked to.
        case off
        /// It is polled, and counts as failing.
        case required
    }

    package static let intervalRange: ClosedRange<Duration> = .milliseconds(100)...(.seconds(3_600))

    package init(_ declaration: SourceDeclaration) throws(TopologyError) {
        var settings = declaration.settings
        endpoints = try UpstreamEndpoint.list(from: &settings, key: "endpoints")
        interval =
            try settings.optionalDuration("interval", in: ServiceCenterSettings.intervalRange) ?? .seconds(30)
        timeout = try settings.optionalDuration("timeout", in: .milliseconds(100)...(.seconds(600))) ?? .seconds(10)
        connectTimeout =
            try settings.optionalDuration("connectTimeout", in: .milliseconds(10)...(.seconds(60))) ?? .seconds(2)
        maxBodyBytes = try settings.optionalByteSize("maxBodyBytes", in: (1 << 10)...(8 << 30)) ?? (1 << 30)
        compression = try settings.optionalBool("compression") ?? true
        writable = try settings.optionalBool("writable") ?? false
        absorb = try settings.optionalDuration("absorb", in: .zero...(.seconds(3_600))) ?? .seconds(60)
        observe = try settings.optionalWord("observe") ?? .auto
        maxWatches = try settings.optionalInt("maxWatches", in: 1...10_000) ?? 64
        maxInterval = try settings.optionalDuration("maxInterval", in: interval...(.seconds(3_600))) ?? interval
        try settings.finish()
    }
}

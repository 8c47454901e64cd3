/// A point in time, in nanoseconds since 1970. Clocks are read at the edges and come in as values.
package struct UnixTime: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package var seconds: Double { Double(nanoseconds) / 1e9 }

    /// The time from an earlier point to this one.
    package func since(_ earlier: UnixTime) -> Duration { .nanoseconds(nanoseconds - earlier.nanoseconds) }

    package static func < (left: UnixTime, right: UnixTime) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// The datacenter that a source stands in, as its topology declares it.
package struct Location: Sendable, Equatable {
    package let name: String
    package let region: String
    package let availableZone: String

    package init(name: String, region: String, availableZone: String) {
        self.name = name
        self.region = region
        self.availableZone = availableZone
    }
}

/// How a source does, as shown to operators.
package struct SourceStatus: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Has not answered yet.
        case starting
        /// The last attempt succeeded.
        case synced
        /// The last attempt failed; what it said last is still served.
        case stale
        /// Is declared no more.
        case retired
    }

    package let source: SourceID
    /// The plugin's name.
    package let plugin: String
    /// Where it is read, and how that goes, as of the last read.
    package var endpoints: [EndpointStatus]
    /// Where it stands; nil when its topology does not say.
    package let location: Location?
    package var state = State.starting
    /// When it came into this state.
    package var since: UnixTime
    /// When its data was last confirmed by a successful read.
    package var lastSuccess: UnixTime?
    package var lastFailure: (at: UnixTime, reason: SourceFailure)?
    /// Failed attempts since the last success.
    package var consecutiveFailures = 0
    /// What the upstream calls itself; nil until it said so.
    package var upstreamName: String?
    package var counts = SourceCounts()

    package init(source: SourceID, plugin: String, endpoints: [String], location: Location? = nil, since: UnixTime) {
        self.source = source
        self.plugin = plugin
        self.endpoints = endpoints.map { EndpointStatus($0) }
        self.location = location
        self.since = since
    }
}

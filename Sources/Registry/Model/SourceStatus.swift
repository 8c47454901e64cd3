/// A point in time, in nanoseconds since 1970. Clocks are read at the edges and come in as values.
package struct UnixTime: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package var seconds: Double { Double(nanoseconds) / 1e9 }

    /// The time from an earlier point to this one.
    package func since(_ earlier: UnixTime) -> Duration { .nanoseconds(nanoseconds - earlier.nanoseconds) }

    package func advanced(by duration: Duration) -> UnixTime {
        let (seconds, attoseconds) = duration.components
        return UnixTime(nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

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
    /// Whether what is served of it is what was kept over a restart: it has not spoken since.
    package var isRestored = false
    /// Why what it says cannot be kept for the next restart; nil while it is, or need not be.
    package var notKept: String?
    /// Why the file of its token or password cannot be read any more, as of the last read; what was read of it before
    /// is used meanwhile. Nil while it can, and where there is none.
    package var secretFault: String?
    /// When its data was last confirmed by a successful read, of this run or of an earlier one.
    package var lastSuccess: UnixTime?
    package var lastFailure: (at: UnixTime, reason: SourceFailure)?
    /// Failed attempts since the last success.
    package var consecutiveFailures = 0
    /// What the upstream calls itself; nil until it said so.
    package var upstreamName: String?
    /// How its changes become known.
    package var observation = Observation.polled(reason: nil)
    package var counts = SourceCounts()
    /// How much of it was kept out of sight as of the last read; nil where everything is seen.
    package var filtered: FilteredCounts?
    /// What its word on instances is worth.
    package var standing = Standing.full
    /// What that becomes, and when, if no read confirms its data before; nil when it stays what it is, and while the
    /// source is read and of full worth.
    package var nextStanding: (standing: Standing, at: UnixTime)?
    /// What is held back of what it withdrew; nil while nothing is.
    package var quarantine: QuarantineStatus?
    /// Whether an operator holds whatever it withdraws.
    package var isHeldByOperator = false
    /// Instances that are kept out of sight because they come and go.
    package var damped = 0

    /// Whether nothing is known of it yet, not even that it fails.
    package var isAwaited: Bool { state == .starting && !isRestored }

    package init(source: SourceID, plugin: String, endpoints: [String], location: Location? = nil, since: UnixTime) {
        self.source = source
        self.plugin = plugin
        self.endpoints = endpoints.map { EndpointStatus($0) }
        self.location = location
        self.since = since
    }
}

/// Withdrawals that are not believed yet, as shown to operators.
package struct QuarantineStatus: Sendable, Equatable {
    package let reason: HeldWithdrawal.Reason
    package let since: UnixTime
    /// When the last of them is believed at the latest; nil when only an operator ends it.
    package let until: UnixTime?
    package let instances: Int
    package let microservices: Int
    /// Reads that said the same since.
    package let confirmations: Int

    /// `uptime` and `now` are the same moment on two clocks.
    package init(_ held: HeldWithdrawal, uptime: Duration, now: UnixTime) {
        reason = held.reason
        since = now.advanced(by: held.since - uptime)
        until = held.until.map { now.advanced(by: $0 - uptime) }
        instances = held.instanceCount
        microservices = held.microserviceCount
        confirmations = held.confirmations
    }
}

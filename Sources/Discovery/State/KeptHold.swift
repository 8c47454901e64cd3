package import Registry

/// How long a source's withdrawals are held, by a clock that goes on over a restart.
package struct KeptHold: Sendable, Equatable {
    /// When the first of them was held.
    package let since: UnixTime
    /// When each instance's lease would have ended.
    package let ends: [InstanceRef: UnixTime]

    init(since: UnixTime, ends: [InstanceRef: UnixTime]) {
        self.since = since
        self.ends = ends
    }

    /// `uptime` and `now` are the same moment on two clocks. What only an operator ends is left out.
    package init(_ leases: HeldLeases, uptime: Duration, now: UnixTime) {
        since = now.advanced(by: leases.since - uptime)
        ends = leases.ends.compactMapValues { end in
            end - uptime < .seconds(86_400 * 365) ? now.advanced(by: end - uptime) : nil
        }
    }

    /// The same on the clock of this run.
    package func leases(uptime: Duration, now: UnixTime) -> HeldLeases {
        HeldLeases(since: uptime + since.since(now), ends: ends.mapValues { uptime + $0.since(now) })
    }
}

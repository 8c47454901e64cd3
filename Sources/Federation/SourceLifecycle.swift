package import Registry

/// How one source does: what each attempt to read it means, what the age of its data means, and what is held back of
/// it. Pure; every transition is worth one line of log, one entry of the journal, one count.
package struct SourceLifecycle: Sendable {
    /// A change of state.
    package enum Transition: Sendable, Equatable {
        case state(from: SourceStatus.State, to: SourceStatus.State)
        case standing(from: Standing, to: Standing)
        case guarded(SourceGuard.News)
        /// What was kept over a restart is served.
        case restored(microservices: Int, instances: Int)

        /// The label of the metrics, and the journal's word.
        package var name: String {
            switch self {
            case .state(_, let state): state.rawValue
            case .standing(_, let standing): standing.name
            case .guarded(.held): "quarantined"
            case .guarded(.released): "released"
            case .guarded(.heldByOperator): "held"
            case .guarded(.damped): "damped"
            case .guarded(.calmed): "calmed"
            case .restored: "restored"
            }
        }

        /// Every name that there is.
        package static let names =
            SourceStatus.State.allCases.map(\.rawValue) + ["full", "marked", "demoted", "dropped"]
            + ["quarantined", "released", "held", "damped", "calmed", "restored"]
    }

    package private(set) var status: SourceStatus
    /// What the age of its data means.
    package var staleness: StalenessPolicy
    /// When its data was confirmed last, on the clock that only goes forward; nil while there is nothing of it.
    private var confirmed: Duration?

    package init(_ status: SourceStatus, staleness: StalenessPolicy = StalenessPolicy()) {
        self.status = status
        self.staleness = staleness
    }

    /// What was kept over a restart is served until the source speaks; it was last confirmed at `confirmed`, so long
    /// ago.
    package mutating func restored(
        confirmed: UnixTime, age: Duration = .zero, uptime: Duration = .zero, upstreamName: String?
    ) {
        self.confirmed = uptime - max(.zero, age)
        status.isRestored = true
        status.lastSuccess = confirmed
        status.upstreamName = upstreamName
    }

    /// What another source has said, in whose place it stands, is served until it speaks.
    package mutating func takeOver(_ former: SourceLifecycle) {
        confirmed = former.confirmed
        status.isRestored = former.status.lastSuccess != nil
        status.lastSuccess = former.status.lastSuccess
        status.upstreamName = former.status.upstreamName
        status.standing = former.status.standing
    }

    /// A read succeeded.
    package mutating func succeeded(
        at now: UnixTime, uptime: Duration = .zero, upstreamName: String?
    ) -> Transition? {
        status.isRestored = false
        status.lastSuccess = now
        status.consecutiveFailures = 0
        confirmed = uptime
        if let upstreamName { status.upstreamName = upstreamName }
        return enter(.synced, at: now)
    }

    /// A read failed; what was said last stays.
    package mutating func failed(_ reason: SourceFailure, at now: UnixTime) -> Transition? {
        status.lastFailure = (now, reason)
        status.consecutiveFailures += 1
        return enter(.stale, at: now)
    }

    /// Time has passed, or a read was confirmed.
    package mutating func age(at uptime: Duration) -> Transition? {
        guard let confirmed, let lastSuccess = status.lastSuccess else { return nil }
        let standing = staleness.standing(at: uptime - confirmed, confirmed: lastSuccess)
        guard standing != status.standing else { return nil }
        let transition = Transition.standing(from: status.standing, to: standing)
        status.standing = standing
        return transition
    }

    /// How long until the age of the data may mean something else; nil when nothing is declared for it.
    package func pause(at uptime: Duration) -> Duration? {
        guard staleness.treatment != .serve || staleness.lasting != nil else { return nil }
        return confirmed.flatMap { staleness.pause(at: uptime - $0) } ?? staleness.after
    }

    /// What the source's word becomes next, and when, if no read confirms its data before; nil when it stays what it
    /// is, and while the source is read and of full worth.
    package func next(at uptime: Duration) -> (standing: Standing, at: UnixTime)? {
        guard status.state != .synced || status.standing != .full, let confirmed, let lastSuccess = status.lastSuccess
        else { return nil }
        let age = uptime - confirmed
        // Otherwise its standing is about to be brought up to its age.
        guard staleness.standing(at: age, confirmed: lastSuccess) == status.standing else { return nil }
        return staleness.next(at: age, confirmed: lastSuccess)
    }

    private mutating func enter(_ state: SourceStatus.State, at now: UnixTime) -> Transition? {
        guard state != status.state else { return nil }
        let transition = Transition.state(from: status.state, to: state)
        status.state = state
        status.since = now
        return transition
    }
}

extension Standing {
    /// As operators read it.
    package var name: String {
        switch self {
        case .full: "full"
        case .marked: "marked"
        case .demoted: "demoted"
        case .dropped: "dropped"
        }
    }
}

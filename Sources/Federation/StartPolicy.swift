package import Discovery
package import Registry

/// When clients may come in after a start: until then an empty answer could be a lie.
package struct StartPolicy: Sendable, Equatable {
    /// Which sources are waited for.
    package enum Condition: String, Sendable, CaseIterable {
        /// Every source has spoken, has failed, or was restored from disk.
        case all
        /// One source has spoken or was restored from disk.
        case any
    }

    package var condition: Condition
    /// How long they are waited for at most.
    package var deadline: Duration

    package init(_ condition: Condition = .all, deadline: Duration = .seconds(10)) {
        self.condition = condition
        self.deadline = deadline
    }

    /// Whether the sources have said enough.
    package func isFulfilled(by view: RegistryView) -> Bool {
        switch condition {
        case .all: view.isReady
        case .any: view.sources.contains { $0.hasSpoken }
        }
    }

    /// Returns when they have, or the deadline has passed, or the task is cancelled; true for the first. `policy` gives
    /// the one that holds at the moment.
    package static func wait(
        for registry: FederatedRegistry, clock: any Timekeeper, _ policy: () async -> StartPolicy
    ) async -> Bool {
        let begun = clock.uptime()
        while true {
            let now = await policy()
            if now.isFulfilled(by: registry.view) { return true }
            let left = now.deadline - (clock.uptime() - begun)
            guard left > .zero, !Task.isCancelled else { return false }
            // A status changes without an event, and this is the only one who waits for it.
            try? await clock.sleep(for: min(left, .milliseconds(10)))
        }
    }
}

extension SourceStatus {
    /// Whether there is anything that it said, now or before a restart.
    fileprivate var hasSpoken: Bool { lastSuccess != nil }
}

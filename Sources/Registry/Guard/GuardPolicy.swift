/// How much of a source's word is believed at once.
package struct GuardPolicy: Sendable, Equatable {
    /// When a withdrawal is held back. Rule: service-center keeps instances whose leases end together when these are at
    /// least 80 % of more than 5.
    package struct Quarantine: Sendable, Equatable {
        /// A withdrawal of at least this part of what the source holds, in percent, is held back.
        package var sharePercent = 80
        /// Of no more than so many it is believed.
        package var above = 5
        /// So many further reads that say the same confirm it.
        package var reads = 3
        /// It is held no longer than this, and no instance longer than its lease.
        package var longest = Duration.seconds(600)

        package init() {}
    }

    /// When an instance that comes and goes is kept out of sight.
    package struct Damping: Sendable, Equatable {
        /// So many changes for the worse …
        package var changes = 10
        /// … within this time make it one.
        package var within = Duration.seconds(60)
        /// Until it has been quiet for so long.
        package var quiet = Duration.seconds(60)

        package init() {}
    }

    /// Nil believes every withdrawal.
    package var quarantine: Quarantine?
    /// Nil shows every change.
    package var damping: Damping?

    package init(quarantine: Quarantine? = Quarantine(), damping: Damping? = Damping()) {
        self.quarantine = quarantine
        self.damping = damping
    }

    /// Believes everything at once.
    package static let trusting = GuardPolicy(quarantine: nil, damping: nil)
}

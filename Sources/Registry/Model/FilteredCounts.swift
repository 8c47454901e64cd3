/// How much of what a source says is kept out of sight by what its topology declares of it.
package struct FilteredCounts: Sendable, Equatable {
    /// Microservices that are not included, or excluded.
    package var microservices = 0
    /// Their instances.
    package var instances = 0
    /// Instances whose microservice the source has not named: nobody knows yet whether they are to be seen.
    package var orphans = 0

    package init() {}

    package static func += (sum: inout FilteredCounts, other: FilteredCounts) {
        sum.microservices += other.microservices
        sum.instances += other.instances
        sum.orphans += other.orphans
    }

    package static func -= (sum: inout FilteredCounts, other: FilteredCounts) {
        sum.microservices -= other.microservices
        sum.instances -= other.instances
        sum.orphans -= other.orphans
    }
}

/// What operators may ask of the topology. Whoever knows what a topology is does it.
package struct TopologyAccess: Sendable {
    /// Why it is not done, in an operator's words.
    package struct Refusal: Error {
        package let reason: String

        package init(_ reason: String) { self.reason = reason }
    }

    /// Tells what the text of a topology file would change.
    package var plan: @Sendable (_ text: String, _ file: String) throws(Refusal) -> TopologyPlan
    /// Applies the topology anew, and tells what that has changed.
    package var reload: @Sendable () async throws(Refusal) -> TopologyPlan

    package init(
        plan: @escaping @Sendable (_ text: String, _ file: String) throws(Refusal) -> TopologyPlan,
        reload: @escaping @Sendable () async throws(Refusal) -> TopologyPlan
    ) {
        self.plan = plan
        self.reload = reload
    }

    /// For a process that has no topology.
    package static let none = TopologyAccess { _, _ throws(Refusal) in
        throw Refusal("this process runs without a topology")
    } reload: { () throws(Refusal) in
        throw Refusal("this process runs without a topology")
    }
}

/// What another topology would change, as operators are told. Whoever knows what a topology is makes it.
package struct TopologyPlan: Sendable {
    package struct Renaming: Sendable {
        package let from: String
        package let to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    package struct SourceChange: Sendable {
        package let source: String
        /// The keys whose values differ.
        package let keys: [String]

        package init(source: String, keys: [String]) {
            self.source = source
            self.keys = keys
        }
    }

    /// Why there is none, in an operator's words.
    package struct Refusal: Error {
        package let reason: String

        package init(_ reason: String) { self.reason = reason }
    }

    /// Makes the plan for the text of a topology file.
    package typealias Maker = @Sendable (_ text: String, _ file: String) throws(Refusal) -> TopologyPlan

    /// For a process that has no topology.
    package static let none: Maker = { _, _ throws(Refusal) in throw Refusal("this process runs without a topology") }

    package var added: [String] = []
    package var removed: [String] = []
    package var renamed: [Renaming] = []
    package var changed: [SourceChange] = []
    /// Whether the sources that stay stand in another order.
    package var isReordered = false
    /// Keys outside of `sources` whose values differ.
    package var keys: [String] = []

    package init() {}
}

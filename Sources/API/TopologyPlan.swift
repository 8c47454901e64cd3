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

    package var added: [String] = []
    package var removed: [String] = []
    package var renamed: [Renaming] = []
    package var changed: [SourceChange] = []
    /// Whether the sources that stay stand in another order.
    package var isReordered = false
    /// Keys outside of `sources` whose values differ.
    package var keys: [String] = []
    /// Those of them that take effect at the next start.
    package var keysOfNextStart: [String] = []

    package init() {}
}

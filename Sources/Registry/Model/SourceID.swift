/// The name of a source in the topology file: what `cluster` of a dump entry, an instance in a frame and the metrics'
/// label `source` carry. Never the name that the upstream gives itself.
package struct SourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As written in the topology file.
    package let name: String

    /// A source's identity, from its declared name.
    package init(_ name: String) { self.name = name }

    package var description: String { name }

    package static func < (left: SourceID, right: SourceID) -> Bool { left.name < right.name }
}

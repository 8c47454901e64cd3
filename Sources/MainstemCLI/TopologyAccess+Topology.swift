import API
import Topology

extension TopologyPlan {
    /// Compares other topologies with the one that runs; `amended` says of them what the command line said of that one.
    static func maker(
        over running: Topology, amended: @escaping @Sendable (Topology) throws -> Topology
    ) -> Maker {
        { text, file throws(Refusal) in
            do {
                let topology = try amended(Topology.parse(text, file: file))
                return TopologyPlan(TopologyChange(from: running, to: topology))
            } catch {
                throw Refusal("\(error)")
            }
        }
    }

    private init(_ change: TopologyChange) {
        self.init()
        added = change.added.map(\.rawValue)
        removed = change.removed.map(\.rawValue)
        renamed = change.renamed.map { Renaming(from: $0.from.rawValue, to: $0.to.rawValue) }
        changed = change.changed.map { SourceChange(source: $0.name.rawValue, keys: $0.keys) }
        isReordered = change.isReordered
        keys = change.keys
    }
}

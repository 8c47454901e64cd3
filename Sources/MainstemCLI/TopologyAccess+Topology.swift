import API
import Federation
import Topology

extension TopologyAccess {
    /// The topology that `reload` has in effect. `amended` says of others what the command line said of that one.
    init(_ reload: TopologyReload, amended: @escaping @Sendable (Topology) throws -> Topology) {
        self.init { text, file throws(Refusal) in
            do {
                let topology = try amended(Topology.parse(text, file: file))
                return TopologyPlan(TopologyChange(from: reload.running, to: topology))
            } catch {
                throw Refusal("\(error)")
            }
        } reload: { () throws(Refusal) in
            do throws(TopologyReload.Refusal) {
                return TopologyPlan(try await reload.reload())
            } catch {
                throw Refusal(error.reason)
            }
        }
    }
}

extension TopologyPlan {
    fileprivate init(_ change: TopologyChange) {
        self.init()
        added = change.added.map(\.rawValue)
        removed = change.removed.map(\.rawValue)
        renamed = change.renamed.map { Renaming(from: $0.from.rawValue, to: $0.to.rawValue) }
        changed = change.changed.map { SourceChange(source: $0.name.rawValue, keys: $0.keys) }
        isReordered = change.isReordered
        keys = change.keys
        keysOfNextStart = change.keysOfNextStart
    }
}

import ServiceCenterWire

/// `POST /mainstem/v1/plan?file=`: what the topology in the body would change, without doing it. `file` names it in
/// errors.
enum Plan {
    @Sendable static func make(_ request: Request, _ services: Services) async throws(ServiceCenterError) -> Response {
        try request.takesOnly(["file"])
        guard let text = String(validating: request.body, as: UTF8.self), !text.isEmpty else {
            throw ServiceCenterError(.invalidParameters, "the body must be the text of a topology file, in UTF-8")
        }
        let file = request.query("file")
        do throws(TopologyAccess.Refusal) {
            return .json(try services.topology.plan(text, file.isEmpty ? "topology" : file))
        } catch {
            throw ServiceCenterError(.invalidParameters, error.reason)
        }
    }
}

extension Response {
    /// What a topology changes.
    static func json(_ plan: TopologyPlan) -> Response {
        .json { writer in
            writer.beginObject()
            writer.key("added")
            writer.strings(plan.added)
            writer.key("removed")
            writer.strings(plan.removed)
            writer.key("renamed")
            writer.beginArray()
            for renaming in plan.renamed {
                writer.beginObject()
                writer.member("from", renaming.from)
                writer.member("to", renaming.to)
                writer.endObject()
            }
            writer.endArray()
            writer.key("changed")
            writer.beginArray()
            for change in plan.changed {
                writer.beginObject()
                writer.member("source", change.source)
                writer.key("keys")
                writer.strings(change.keys)
                writer.endObject()
            }
            writer.endArray()
            writer.key("reordered")
            writer.bool(plan.isReordered)
            writer.key("keys")
            writer.strings(plan.keys)
            writer.key("atNextStart")
            writer.strings(plan.keysOfNextStart)
            writer.endObject()
        }
    }
}

import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/conflicts?kind=&limit=`: what sources say that cannot all be so, with all sides.
enum ConflictList {
    @Sendable static func list(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        try request.takesOnly(["kind", "limit"])
        let kinds = try kinds(request.query("kind"))
        let limit = try request.count("limit", usual: 100, most: ConflictScan.limit)
        let (conflicts, revision) = await services.conflicts.found(in: services.view, at: services.uptime())
        return .json(reserving: 4_096) { writer in
            writer.beginObject()
            writer.member("revision", revision.description)
            writer.key("totals")
            writer.beginObject()
            for kind in kinds {
                writer.key(kind.rawValue)
                writer.integer(conflicts.totals[kind] ?? 0)
            }
            writer.endObject()
            writer.key("conflicts")
            writer.beginArray()
            for kind in kinds {
                for conflict in conflicts.listed.lazy.filter({ $0.kind == kind }).prefix(limit) {
                    write(conflict, to: &writer)
                }
            }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func kinds(_ text: String) throws(ServiceCenterError) -> [Conflict.Kind] {
        guard !text.isEmpty else { return Conflict.Kind.allCases }
        guard let kind = Conflict.Kind(rawValue: text) else {
            let names = Conflict.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServiceCenterError(.invalidParameters, "parameter kind must be one of \(names)")
        }
        return [kind]
    }

    private static func write(_ conflict: Conflict, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", conflict.kind.rawValue)
        writer.member("endpoint", ifPresent: conflict.endpoint)
        writer.key("sides")
        writer.beginArray()
        for side in conflict.sides {
            writer.beginObject()
            writer.member("source", side.source.name)
            writer.member("serviceId", side.service.text)
            writer.key("microservice")
            writer.key(object: side.microservice)
            if let instance = side.instance {
                writer.member("instanceId", instance.id.text)
                if conflict.kind == .content {
                    writer.key("instance")
                    writer.raw(instance.body)
                }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

import Discovery
import Registry
import ServiceCenterWire

/// `DELETE …/registry/microservices`: unregisters several, each where it belongs and once; one that is refused holds
/// none of the others.
/// Rule: service-center's `DeleteServices`.
enum BatchUnregistration {
    @Sendable static func perform(
        _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Response {
        var (ids, force): ([String], Bool) = ([], false)
        try RequestBody.members(request.body) { reader, key throws(JSONError) in
            switch reader.string(key) {
            case "serviceIds": ids = try reader.stringList()
            case "force": force = try reader.bool()
            default: try reader.skip()
            }
        }
        guard !ids.isEmpty else { throw ServiceCenterError(.invalidParameters, "'serviceIDs' is empty") }
        var known: Set<String> = []
        ids = ids.filter { known.insert($0).inserted }
        var isComplete = true
        for id in ids where try await !unregister(ServiceID(id), force, request, services) { isComplete = false }
        guard isComplete else { throw ServiceCenterError(.invalidParameters, "Delete services failed.") }
        return .json { writer in
            writer.beginObject()
            writer.key("services")
            writer.beginArray()
            for id in ids {
                writer.beginObject()
                writer.member("serviceId", id)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }

    /// False when it is refused. What nobody can do is told as such.
    private static func unregister(
        _ id: ServiceID, _ force: Bool, _ request: Request, _ services: Services
    ) async throws(ServiceCenterError) -> Bool {
        do throws(ServiceCenterError) {
            let write = RegistryWrite.unregisterMicroservice(id, force: force)
            return try await services.writes.perform(write, for: request.caller).status < 300
        } catch {
            guard error.code != .forbidden, error.code != .unavailable else { throw error }
            return false
        }
    }
}

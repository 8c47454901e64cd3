import Federation
import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/explain?service=&instance=`: who says what of a microservice and its instances, and why that is
/// shown as it is.
enum Explain {
    /// How many instances of each microservice are explained, unless fewer or more are asked for, and at most.
    private static let limits = (usual: 100, most: 1_000)

    @Sendable static func ask(_ request: Request, _ services: Services) async throws(ServiceCenterError) -> Response {
        let limit = try request.count("limit", usual: limits.usual, most: limits.most)
        let view = services.view
        let found = try microservices(request, view)
        let wanted = request.query("instance")
        let explained = found.map { merged in
            Explanation(of: merged, instance: wanted.isEmpty ? nil : InstanceID(wanted), limit: limit, view, services)
        }
        guard wanted.isEmpty || explained.contains(where: { !$0.instances.isEmpty }) else {
            throw ServiceCenterError(
                .instanceUnknown,
                "no source says anything of the instance '\(wanted)' of this microservice; without 'instance' all of"
                    + " its instances are listed, and /mainstem/v1/journal?instance=\(wanted) tells what became of it")
        }
        return .json(reserving: 4_096) { writer in
            writer.beginObject()
            writer.member("revision", view.revision.description)
            writer.key("microservices")
            writer.beginArray()
            for explanation in explained { explanation.write(to: &writer, at: services.now()) }
            writer.endArray()
            writer.endObject()
        }
    }

    /// Those that are meant: one by its key, or any by an ID that a source gave it. Linear in all for an ID.
    private static func microservices(
        _ request: Request, _ view: RegistryView
    ) throws(ServiceCenterError) -> [MergedMicroservice] {
        let text = request.query("service")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !text.isEmpty, parts.count == 1 || parts.count == 3 else {
            throw ServiceCenterError(
                .invalidParameters, "parameter service must be a microservice's ID, or application/name/version")
        }
        var found: [MergedMicroservice] = []
        if parts.count == 3 {
            let key = key(parts, request)
            found = view.tables.microservice(key).map { [$0] } ?? []
        } else {
            let id = ServiceID(text)
            view.tables.forEachMicroservice { merged in
                if merged.contributions.contains(where: { $0.microservice.id == id }) { found.append(merged) }
            }
        }
        guard found.isEmpty else { return found.sorted { $0.key < $1.key } }
        throw ServiceCenterError(
            .microserviceUnknown,
            "no source has said a microservice '\(text)'; write its ID at any source, or application/name/version, with"
                + " domain, project and environment where they are not the default; what waits for its microservice is"
                + " counted as 'orphans' in /mainstem/v1/sources")
    }

    private static func key(_ parts: [String], _ request: Request) -> MicroserviceKey {
        func query(_ name: String, otherwise standard: String) -> String {
            request.query(name).isEmpty ? standard : request.query(name)
        }
        let tenant = Tenant(
            domain: query("domain", otherwise: "default"), project: query("project", otherwise: "default"))
        return MicroserviceKey(
            name: MicroserviceName(
                tenant: tenant, environment: request.query("environment"), application: parts[0], name: parts[1]),
            version: parts[2])
    }
}

import Federation
import Registry
import ServiceCenterWire

/// `GET /mainstem/v1/explain?service=&instance=`: who says what of a microservice and its instances, and why that is
/// shown as it is.
enum Explain {
    /// How many instances of each microservice are explained, unless fewer or more are asked for, and at most.
    private static let limits = (usual: 100, most: 1_000)

    @Sendable static func ask(_ request: Request, _ services: Services) async throws(ServiceCenterError) -> Response {
        try request.takesOnly(
            ["service", "instance", "limit", "domain", "project", "environment"], mayBeEmpty: ["environment"])
        let limit = try request.count("limit", usual: limits.usual, most: limits.most)
        let subject = try Explain.subject(of: request)
        let wanted = request.query("instance").isEmpty ? nil : InstanceID(request.query("instance"))
        let view = services.view
        let found = microservices(subject, view)
        let unseen = services.federation.unseen(subject, wanted)
        let filtered = unseen.filter { $0.microservice.reason != .orphan }
        var orphans = unseen.filter { $0.microservice.reason == .orphan }
            .flatMap { Explanation.words(of: $0.microservice, at: $0.source, services) }
        if let wanted { orphans += Explain.orphans(wanted, subject, found, services) }
        let explained = found.map { Explanation(of: $0, instance: wanted, limit: limit, view, services) }
        guard !found.isEmpty || !unseen.isEmpty || !orphans.isEmpty else { throw unknown(request) }
        if let wanted, unseen.isEmpty, orphans.isEmpty, explained.allSatisfy(\.instances.isEmpty) {
            throw unknown(wanted)
        }
        return .json(reserving: 4_096) { writer in
            writer.beginObject()
            writer.member("revision", view.revision.description)
            writer.key("microservices")
            writer.beginArray()
            for explanation in explained { explanation.write(to: &writer, at: services.now()) }
            writer.endArray()
            if !filtered.isEmpty {
                writer.key("filtered")
                writer.beginArray()
                for (source, microservice) in filtered {
                    Explanation.write(microservice, at: source, limit, to: &writer, services)
                }
                writer.endArray()
            }
            if !orphans.isEmpty {
                writer.key("orphans")
                writer.beginArray()
                for orphan in orphans { orphan.write(to: &writer, namingTenant: true) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private static func subject(of request: Request) throws(ServiceCenterError) -> MicroserviceSubject {
        let text = request.query("service")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !text.isEmpty, parts.count == 1 || parts.count == 3 else {
            throw ServiceCenterError(
                .invalidParameters, "parameter service must be a microservice's ID, or application/name/version")
        }
        return parts.count == 3 ? .key(key(parts, request)) : .id(ServiceID(text))
    }

    /// Those that are meant: one by its key, or any by an ID that a source gave it. Linear in all for an ID.
    private static func microservices(_ subject: MicroserviceSubject, _ view: RegistryView) -> [MergedMicroservice] {
        switch subject {
        case .key(let key): return view.tables.microservice(key).map { [$0] } ?? []
        case .id(let id):
            var found: [MergedMicroservice] = []
            view.tables.forEachMicroservice { merged in
                if merged.contributions.contains(where: { $0.microservice.id == id }) { found.append(merged) }
            }
            return found.sorted { $0.key < $1.key }
        }
    }

    /// What sources say of an instance without having named its microservice, as far as that may be the one that is
    /// meant: of its ID, or of any in its tenant.
    private static func orphans(
        _ instance: InstanceID, _ subject: MicroserviceSubject, _ found: [MergedMicroservice], _ services: Services
    ) -> [Explanation.Word] {
        var tenants = Set(found.map(\.key.tenant))
        if case .key(let key) = subject { tenants.insert(key.tenant) }
        let words = services.registry.orphans(instance).filter { word in
            let service = word.instance.ref.service
            if case .id(service.id) = subject { return true }
            return tenants.contains(service.tenant)
        }
        let doubts = services.registry.doubts(on: words.map { ($0.source, $0.instance.ref) })
        return zip(words, doubts).map { word, doubt in
            Explanation.Word(word.instance, at: word.source, hiddenBy: "orphan", doubt, services)
        }
    }

    private static func unknown(_ request: Request) -> ServiceCenterError {
        ServiceCenterError(
            .microserviceUnknown,
            "no source has said a microservice '\(request.query("service"))'; write its ID at any source, or"
                + " application/name/version, with domain, project and environment where they are not the default;"
                + " what waits for its microservice is counted as 'orphans' in /mainstem/v1/sources, and found by"
                + " 'instance'")
    }

    private static func unknown(_ instance: InstanceID) -> ServiceCenterError {
        ServiceCenterError(
            .instanceUnknown,
            "no source says anything of the instance '\(instance)' of this microservice; without 'instance' all of its"
                + " instances are listed, and /mainstem/v1/journal?instance=\(instance) tells what became of it")
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

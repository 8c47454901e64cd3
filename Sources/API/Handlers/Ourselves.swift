import Glibc
import NIOHTTP1
import Registry
import ServiceCenterWire

/// This process as the registry's own microservice, `default/SERVICECENTER`. Clients with auto-discovery take the
/// addresses of its instances instead of their own: they must lead to us, not past us, whatever the sources know.
struct Ourselves {
    /// One microservice with one instance, which has the address by which the client reached us: whatever we listen on,
    /// that one works for it.
    let microservice: MergedMicroservice

    init(_ request: Request, _ services: Services) {
        let stamp = "\(services.startedAt.nanoseconds / 1_000_000_000)"
        let record = Dialect.registry(at: stamp)
        var instance = InstanceRecord()
        let host = request.headers.first(name: "Host") ?? ""
        instance.id = Digest(of: "mainstem \(host)").hex
        instance.serviceID = record.id
        instance.endpoints = host.isEmpty ? [] : ["rest://\(host)/"]
        instance.hostName = Ourselves.hostName
        instance.status = InstanceStatus.up.rawValue
        instance.healthCheck = InstanceRecord.HealthCheck()
        (instance.timestamp, instance.modTimestamp) = (stamp, stamp)
        instance.version = record.version
        microservice = MergedMicroservice(
            of: SourceID("mainstem"), record.microservice(in: .default, upstreamRevision: 0),
            [instance.instance(in: .default, upstreamRevision: 0)])
    }

    /// The microservice, when this is its ID.
    static func microservice(_ id: ServiceID, _ request: Request, _ services: Services) -> MergedMicroservice? {
        id == Dialect.registryID ? Ourselves(request, services).microservice : nil
    }

    /// The instances that a question about the registry's own microservice finds, with their revision. Found from every
    /// tenant and in every environment, whoever asks; nil when the question is about another one, or another version.
    static func found(
        _ query: InstanceQuery, _ request: Request, _ services: Services
    ) -> InstanceQuery.Found? {
        guard query.isAboutRegistry else { return nil }
        let providers = [Ourselves(request, services).microservice]
        guard !query.version.select(from: [VersionedKey(providers[0].key)]).isEmpty else { return nil }
        return InstanceQuery.Found(
            providers: providers, revision: ContentRevision(of: providers), relation: nil)
    }

    private static let hostName: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&buffer, buffer.count - 1) == 0
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return isKnown && !name.isEmpty ? name : "mainstem"
    }()
}

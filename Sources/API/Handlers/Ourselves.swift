import Glibc
import NIOHTTP1
import Registry
import ServiceCenterWire

/// This process as the registry's own microservice, `default/SERVICECENTER`. Clients with auto-discovery take the
/// addresses of its instances instead of their own: they must lead to us, not past us, whatever the sources know.
struct Ourselves {
    /// The ID that every service-center of this version gives to itself: the SHA-1 of its key.
    static let serviceID = ServiceID("4a4010b3bcb3da6b14042fe8842865de9ddf9109")
    static let key = MicroserviceKey(
        name: MicroserviceName(
            tenant: .default, environment: Environment.production.rawValue,
            application: MicroserviceName.sharedApplication, name: MicroserviceName.sharedService),
        version: Version.dialect)

    /// One microservice with one instance, which has the address by which the client reached us: whatever we listen on,
    /// that one works for it.
    let microservice: MergedMicroservice

    init(_ request: Request, _ services: Services) {
        let stamp = "\(services.startedAt.nanoseconds / 1_000_000_000)"
        var record = MicroserviceRecord()
        record.id = Ourselves.serviceID.text
        record.application = Ourselves.key.name.application
        record.name = Ourselves.key.name.name
        record.version = Ourselves.key.version
        record.environment = Ourselves.key.name.environment
        record.alias = record.name
        record.properties = ["allowCrossApp": "true"]
        record.level = "BACK"
        record.status = "UP"
        (record.timestamp, record.modTimestamp) = (stamp, stamp)
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
            of: SourceID("mainstem"),
            Microservice(
                ref: ServiceRef(tenant: .default, id: Ourselves.serviceID), key: Ourselves.key, alias: record.alias,
                allowsCrossApplication: true, body: record.body, upstreamRevision: 0, origin: ""),
            [instance.instance(in: .default, upstreamRevision: 0)])
    }

    /// The microservice, when this is its ID.
    func microservice(_ id: ServiceID) -> MergedMicroservice? { id == Ourselves.serviceID ? microservice : nil }

    /// The instances that a question about the registry's own microservice finds, with their revision. Found from every
    /// tenant and in every environment, whoever asks; nil when the question is about another one, or another version.
    static func found(
        _ query: InstanceQuery, _ request: Request, _ services: Services
    ) -> InstanceQuery.Found? {
        guard query.isAboutRegistry, !query.version.select(from: [VersionedKey(key)]).isEmpty else { return nil }
        let providers = [Ourselves(request, services).microservice]
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

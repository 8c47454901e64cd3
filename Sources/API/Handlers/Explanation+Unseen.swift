import Federation
import Registry
import ServiceCenterWire

extension Explanation {
    /// What a source says of the instances of a microservice that is kept out of sight.
    static func words(of unseen: UnseenMicroservice, at source: SourceID, _ services: Services) -> [Word] {
        let doubts = services.registry.doubts(on: unseen.instances.map { (source, $0.ref) })
        return zip(unseen.instances, doubts).map { instance, doubt in
            Word(instance, at: source, hiddenBy: unseen.reason.rawValue, doubt, services)
        }
    }

    /// A microservice that a source's filters keep out of sight, with at most `limit` of its instances.
    static func write(
        _ unseen: UnseenMicroservice, at source: SourceID, _ limit: Int, to writer: inout JSONWriter,
        _ services: Services
    ) {
        writer.beginObject()
        writer.member("source", source.name)
        writer.member("hiddenBy", unseen.reason.rawValue)
        if let microservice = unseen.microservice {
            writer.key("microservice")
            writer.key(object: microservice.key)
            writer.member("serviceId", microservice.id.text)
            writer.member("revision", microservice.upstreamRevision)
        }
        writer.member("instancesTotal", unseen.instances.count)
        writer.key("words")
        writer.beginArray()
        for word in words(of: unseen, at: source, services).prefix(limit) { word.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

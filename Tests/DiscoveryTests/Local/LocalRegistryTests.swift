import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("The local registry")
struct LocalRegistryTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))

    @Test("tells each write as the change that it is")
    mutating func deltas() throws {
        let body = Array(#"{"service":{"appId":"shop","serviceName":"cart","version":"1.0","alias":"c"}}"#.utf8)
        let registered = try registry.write(.registerMicroservice(body: body)).delta
        let microservice = try #require(registered.microservices.first)
        #expect(registered.changeCount == 1)
        #expect((microservice.key.name.name, microservice.alias, microservice.key.version) == ("cart", "c", "1.0"))
        #expect(JSONValue(parsing: microservice.body)?["level"] == .string("BACK"))
        let id = microservice.id
        #expect(try registry.write(.registerMicroservice(body: body)).delta.isEmpty)

        let request = Array(#"{"instance":{"hostName":"h","instanceId":"i"}}"#.utf8)
        let instance = try #require(try registry.write(.registerInstance(id, body: request)).delta.instances.first)
        let value = JSONValue(parsing: instance.body)
        #expect(value?["status"] == .string("UP"))
        #expect(value?["version"] == .string("1.0"))
        #expect(value?["healthCheck"]?["times"] == .number(3))
        #expect(value?["timestamp"] == .string("1700000000"))
        #expect(value?["serviceId"] == .string(id.text))
        #expect(try registry.write(.heartbeat(id, instance.id)).delta.isEmpty)
        #expect(try registry.write(.heartbeats(body: set([(id, instance.id)]))).delta.isEmpty)

        let down = try registry.write(.changeStatus(id, instance.id, status: "DOWN"), at: 5).delta
        #expect(down.changeCount == 1)
        #expect(down.instances.first?.status == .down)
        let stamps = down.instances.first.flatMap { JSONValue(parsing: $0.body) }
        #expect(stamps?["timestamp"] == .string("1700000000"))
        #expect(stamps?["modTimestamp"] == .string("1700000005"))
        let properties = Array(#"{"properties":{"a":"1"}}"#.utf8)
        let tagged = try registry.write(.changeInstanceProperties(id, instance.id, body: properties)).delta
        #expect(tagged.instances.first?.status == .down)
        #expect(tagged.instances.first.flatMap { JSONValue(parsing: $0.body) }?["properties"]?["a"] == .string("1"))
        let changed = try registry.write(.changeMicroserviceProperties(id, body: properties)).delta
        #expect(
            changed.microservices.first.flatMap { JSONValue(parsing: $0.body) }?["properties"]?["a"] == .string("1"))

        let revisions = [instance, down.instances[0], tagged.instances[0]].map(\.upstreamRevision)
        #expect(revisions == revisions.sorted() && Set(revisions).count == 3)
        let gone = try registry.write(.unregisterMicroservice(id, force: true)).delta
        #expect(gone.removedInstances == [instance.ref])
        #expect(gone.removedMicroservices == [microservice.ref])
        #expect(gone.changeCount == 2)
    }

    private func set(_ instances: [(ServiceID, InstanceID)]) -> [UInt8] {
        let elements = instances.map { #"{"serviceId":"\#($0.0)","instanceId":"\#($0.1)"}"# }
        return Array(#"{"instances":[\#(elements.joined(separator: ","))]}"#.utf8)
    }

    @Test("keeps tenants apart")
    mutating func tenants() throws {
        let id = try registry.register(service: "cart")
        _ = try registry.register(instanceOf: id, #""instanceId":"i""#)
        let other = Tenant(domain: "other", project: "default")
        let body = Array(#"{"service":{"appId":"shop","serviceName":"cart","version":"1.0.0"}}"#.utf8)
        let delta = try registry.write(.registerMicroservice(body: body), in: other).delta
        #expect(delta.microservices.first?.ref.tenant == other)
        #expect(delta.microservices.first?.id != id)
        #expect(registry.refusal(of: .heartbeat(id, InstanceID("i")), in: other)?.code == .instanceUnknown)
        #expect(registry.refusal(of: .heartbeat(id, InstanceID("i"))) == nil)
    }

    @Test("takes a chosen ID for a microservice, once")
    mutating func chosenServiceID() throws {
        func body(_ id: String, _ name: String) -> [UInt8] {
            Array(#"{"service":{"serviceId":"\#(id)","appId":"shop","serviceName":"\#(name)"}}"#.utf8)
        }
        let first = try registry.write(.registerMicroservice(body: body("mine", "a")))
        #expect(first.delta.microservices.map(\.id.text) == ["mine"])
        #expect(first.delta.microservices.map(\.key.version) == ["0.0.1"])
        #expect(try registry.write(.registerMicroservice(body: body("mine", "a"))).delta.isEmpty)
        #expect(registry.refusal(of: .registerMicroservice(body: body("mine", "b")))?.code == .microserviceExists)
        #expect(registry.refusal(of: .registerMicroservice(body: body("other", "a")))?.code == .microserviceExists)
        // Free again once it is gone.
        _ = try registry.write(.unregisterMicroservice(ServiceID("mine"), force: false))
        #expect(registry.refusal(of: .registerMicroservice(body: body("mine", "b"))) == nil)
    }

    @Test("serves an instance of a microservice whose ID needs escapes as valid JSON")
    mutating func escapedID() throws {
        let body = Array(#"{"service":{"serviceId":"q\"\\q","appId":"shop","serviceName":"a"}}"#.utf8)
        _ = try registry.write(.registerMicroservice(body: body))
        let request = Array(#"{"instance":{"hostName":"h"}}"#.utf8)
        let outcome = try registry.write(.registerInstance(ServiceID(#"q"\q"#), body: request))
        let instance = try #require(outcome.delta.instances.first)
        var writer = JSONWriter()
        writer.instance(instance, servedUnder: ServiceID("canonical"), version: "1")
        #expect(JSONValue(parsing: writer.bytes)?["serviceId"] == .string("canonical"))
        #expect(JSONValue(parsing: writer.bytes)?["hostName"] == .string("h"))
    }

    @Test("takes as many microservices and instances as it is allowed, and no more")
    mutating func quotas() throws {
        var settings = LocalSettings()
        (settings.microservices, settings.instances) = (2, 3)
        registry = LocalState(LocalRegistry(settings: settings))
        let (a, b) = (try registry.register(service: "a"), try registry.register(service: "b"))
        let more = Array(#"{"service":{"appId":"shop","serviceName":"c"}}"#.utf8)
        #expect(registry.refusal(of: .registerMicroservice(body: more))?.code == .quotaExceeded)
        // What is there already needs no room.
        #expect(try registry.register(service: "a") == a)
        for (service, id) in [(a, "1"), (a, "2"), (b, "3")] {
            _ = try registry.register(instanceOf: service, #""instanceId":"\#(id)""#)
        }
        let instance = Array(#"{"instance":{"hostName":"h"}}"#.utf8)
        #expect(registry.refusal(of: .registerInstance(b, body: instance))?.code == .quotaExceeded)
        #expect(try registry.register(instanceOf: a, #""instanceId":"1""#).text == "1")
        // Whatever goes makes room: unregistered, expired, or with its microservice.
        _ = try registry.write(.unregisterInstance(a, InstanceID("1")))
        _ = try registry.register(
            instanceOf: b, #""instanceId":"4","healthCheck":{"mode":"push","interval":1,"times":0}"#)
        #expect(registry.refusal(of: .registerInstance(b, body: instance))?.code == .quotaExceeded)
        #expect(registry.expired(at: 1) == ["4"])
        _ = try registry.register(instanceOf: b)
        _ = try registry.write(.unregisterMicroservice(b, force: true))
        _ = try registry.register(service: "c")
        for _ in 0..<2 { _ = try registry.register(instanceOf: a) }
        #expect(registry.refusal(of: .registerInstance(a, body: instance))?.code == .quotaExceeded)
    }
}

import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

@Suite("A lease in the local registry")
struct LocalLeaseTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))

    private static func check(_ interval: Int, _ times: Int) -> String {
        #""healthCheck":{"mode":"push","interval":\#(interval),"times":\#(times)}"#
    }

    @Test("lasts interval × (times + 1) seconds to the second", arguments: [(10, 2, 30), (1, 0, 1), (30, 3, 120)])
    mutating func length(interval: Int, times: Int, seconds: Int64) throws {
        let service = try registry.register(service: "a")
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(interval, times), at: 100)
        #expect(registry.expired(at: 100 + seconds - 1).isEmpty)
        #expect(registry.expired(at: 100 + seconds) == ["i"])
        #expect(registry.expired(at: 100 + seconds).isEmpty)
        #expect(registry.registry.instanceCount == 0)
        #expect(registry.refusal(of: .heartbeat(service, InstanceID("i")))?.code == .instanceUnknown)
    }

    @Test("lasts two minutes when the client says nothing of it")
    mutating func byDefault() throws {
        _ = try registry.register(instanceOf: try registry.register(service: "a"), #""instanceId":"i""#)
        #expect(registry.expired(at: 119).isEmpty)
        #expect(registry.expired(at: 120) == ["i"])
    }

    @Test("is prolonged by a heartbeat, and by a set of them")
    mutating func heartbeats() throws {
        let service = try registry.register(service: "a")
        for id in ["one", "set", "none"] {
            _ = try registry.register(instanceOf: service, #""instanceId":"\#(id)","# + Self.check(10, 0))
        }
        _ = try registry.write(.heartbeat(service, InstanceID("one")), at: 9)
        let set = #"{"instances":[{"serviceId":"\#(service)","instanceId":"set"}]}"#
        _ = try registry.write(.heartbeats(body: Array(set.utf8)), at: 8)
        #expect(registry.expired(at: 10) == ["none"])
        #expect(registry.expired(at: 17).isEmpty)
        #expect(registry.expired(at: 18) == ["set"])
        #expect(registry.expired(at: 19) == ["one"])
    }

    @Test("is prolonged by a set of heartbeats though another one of the set is unknown")
    mutating func partialSet() throws {
        let service = try registry.register(service: "a")
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(10, 0))
        let element = { (id: String) in #"{"serviceId":"\#(service)","instanceId":"\#(id)"}"# }
        let set = #"{"instances":[\#(element("nope")),\#(element("i"))]}"#
        #expect(registry.refusal(of: .heartbeats(body: Array(set.utf8)), at: 5)?.code == .instanceUnknown)
        #expect(registry.expired(at: 14).isEmpty)
        #expect(registry.expired(at: 15) == ["i"])
    }

    @Test("is prolonged by registering the same chosen ID again, which changes nothing else")
    mutating func registeringAgain() throws {
        let service = try registry.register(service: "a")
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(10, 0))
        let other =
            #"{"instance":{"hostName":"other","instanceId":"i","healthCheck":{"mode":"push","interval":99,"times":9}}}"#
        let outcome = try registry.write(.registerInstance(service, body: Array(other.utf8)), at: 6)
        #expect(JSONValue(parsing: outcome.answer.body)?["instanceId"] == .string("i"))
        #expect(outcome.delta.isEmpty)
        #expect(registry.registry.instanceCount == 1)
        let ref = InstanceRef(service: ServiceRef(tenant: .default, id: service), id: InstanceID("i"))
        let kept = registry.registry.instance(ref).flatMap { JSONValue(parsing: $0.body) }
        #expect(kept?["hostName"] == .string("h"))
        #expect(registry.expired(at: 15).isEmpty)
        #expect(registry.expired(at: 16) == ["i"])
        // Gone, the same ID is a new registration.
        #expect(
            try registry.write(.registerInstance(service, body: Array(other.utf8)), at: 17).delta.instances.count == 1)
        #expect(registry.expired(at: 17 + 989).isEmpty)
        #expect(registry.expired(at: 17 + 990) == ["i"])
    }

    @Test("is one second at least and what 32 bits hold at most, whatever the client says")
    func extremes() throws {
        for (interval, times) in [(Int64(Int32.max), Int64(Int32.max) - 1), (Int64(Int32.max), -3), (0, 0)] {
            var check = InstanceRecord.HealthCheck()
            (check.interval, check.times) = (interval, times)
            var record = InstanceRecord()
            record.healthCheck = check
            #expect(record.lease >= .seconds(1))
            #expect(record.lease <= .seconds(Int64(Int32.max)))
        }
    }

    @Test("that has ended begins anew when its instance is registered again before it is removed")
    mutating func registeredInTime() throws {
        let service = try registry.register(service: "a")
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(10, 0))
        // Ended, but not removed yet: the registration that comes in between finds the instance.
        #expect(registry.endLeases(at: .seconds(10)).map(\.id.text) == ["i"])
        _ = try registry.register(instanceOf: service, #""instanceId":"i""#, at: 11)
        #expect(registry.refusal(of: .heartbeat(service, InstanceID("i")), at: 12) == nil)
        #expect(registry.expired(at: 21).isEmpty)
        #expect(registry.expired(at: 22) == ["i"])
    }

    @Test("ends with its instance, and with its microservice")
    mutating func release() throws {
        let service = try registry.register(service: "a")
        for id in ["i", "j"] {
            _ = try registry.register(instanceOf: service, #""instanceId":"\#(id)","# + Self.check(10, 0))
        }
        _ = try registry.write(.unregisterInstance(service, InstanceID("i")))
        #expect(registry.refusal(of: .heartbeat(service, InstanceID("i")))?.code == .instanceUnknown)
        #expect(registry.refusal(of: .unregisterInstance(service, InstanceID("i")))?.code == .instanceUnknown)
        _ = try registry.write(.unregisterMicroservice(service, force: true))
        #expect(registry.refusal(of: .heartbeat(service, InstanceID("j")))?.code == .instanceUnknown)
        let body = Array(#"{"instance":{"hostName":"h","instanceId":"j"}}"#.utf8)
        #expect(registry.refusal(of: .registerInstance(service, body: body))?.code == .microserviceUnknown)
        #expect(registry.expired(at: 1_000).isEmpty)
        #expect(registry.registry.instanceCount == 0)
    }

    @Test("of a new instance is its own, not that of an old one with the same ID")
    mutating func reuse() throws {
        let service = try registry.register(service: "a")
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(10, 0))
        _ = try registry.write(.unregisterInstance(service, InstanceID("i")), at: 5)
        _ = try registry.register(instanceOf: service, #""instanceId":"i","# + Self.check(3, 0), at: 6)
        #expect(registry.expired(at: 8).isEmpty)
        #expect(registry.expired(at: 9) == ["i"])
        #expect(registry.expired(at: 10).isEmpty)
    }

    @Test(
        "with impossible settings is refused",
        arguments: [
            (0, 1), (-1, 1), (1, -1), (4_294_967_296, 1), (1, 4_294_967_296),
        ])
    mutating func refused(interval: Int, times: Int) throws {
        let service = try registry.register(service: "a")
        let body = Array(#"{"instance":{"hostName":"h",\#(Self.check(interval, times))}}"#.utf8)
        #expect(registry.refusal(of: .registerInstance(service, body: body))?.code == .invalidParameters)
    }
}

import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

/// Rules: service-center's `microservice.go`, `tag.go` and `instance.go`.
@Suite("A registration in the local registry")
struct LocalRegistrationTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))

    private func service(_ name: String, _ more: String = "", with others: String = "") -> RegistryWrite {
        let service = #"{"appId":"shop","serviceName":"\#(name)","version":"1.0.0"\#(more)}"#
        return .registerMicroservice(body: Array(#"{"service":\#(service)\#(others)}"#.utf8))
    }

    @Test("may bring rules, tags and instances with it")
    mutating func whole() throws {
        let others = """
            ,"rules":[{"ruleType":"BLACK","attribute":"AppId","pattern":"x"}],"tags":{"a":"b"},\
            "instances":[{"hostName":"h1"},{"hostName":"h2","endpoints":["rest://1"]}]
            """
        let outcome = try registry.write(service("cart", with: others))
        #expect(outcome.answer.status == 200)
        #expect(outcome.delta.microservices.count == 1)
        #expect(outcome.delta.attachments.count == 2)
        #expect(Set(outcome.delta.instances.map(\.ref)).count == 2)
        #expect(registry.registry.instanceCount == 2)
        // Once more: the microservice and the rule are known, the instances are new.
        let again = try registry.write(service("cart", with: others))
        #expect(again.answer == outcome.answer)
        #expect(again.delta.microservices.isEmpty)
        #expect(registry.registry.instanceCount == 4)
    }

    @Test("is done as far as it can be, and tells what could not be done")
    mutating func partial() throws {
        let others = """
            ,"rules":[{"ruleType":"GREY"}],"tags":{"a":"b"},\
            "instances":[{"hostName":"h1"},{"endpoints":["rest://1","rest://2"]}]
            """
        let outcome = try registry.write(service("cart", with: others))
        #expect(outcome.answer.status == 400)
        let error = try #require(JSONValue(parsing: outcome.answer.body))
        #expect(error["errorCode"]?.text == "400001")
        let detail = error["detail"]?.text ?? ""
        #expect(detail.hasPrefix("errMessages: [field 'AddOrUpdateServiceRule.RuleType' invalid value 'GREY' "))
        #expect(
            detail.hasSuffix(
                " {instance:[rest://1 rest://2],result:field 'MicroServiceInstance.HostName' invalid value '' "
                    + #"does not match rule: {Min: 1, Max: 64, Regexp: \S+}}]"#))
        #expect(registry.registry.instanceCount == 1)
        #expect(outcome.delta.attachments.map(\.key) == [.tags])
    }

    @Test("of an instance, and a change of properties, is refused when its body is larger than declared")
    mutating func size() throws {
        func body(_ bytes: Int, _ head: String, _ tail: String) -> [UInt8] {
            Array((head + String(repeating: "x", count: bytes - head.utf8.count - tail.utf8.count) + tail).utf8)
        }
        let cart = try registry.register(service: "cart")
        for (bytes, isTaken) in [(5 << 10, true), ((5 << 10) + 1, false)] {
            let large = body(bytes, #"{"instance":{"hostName":"h","properties":{"a":""#, #""}}}"#)
            #expect((registry.refusal(of: .registerInstance(cart, body: large)) == nil) == isTaken)
        }
        let instance = try registry.register(instanceOf: cart)
        for (bytes, isTaken) in [(3 << 10, true), ((3 << 10) + 1, false)] {
            let large = body(bytes, #"{"properties":{"a":""#, #""}}"#)
            let writes: [RegistryWrite] = [
                .changeMicroserviceProperties(cart, body: large),
                .changeInstanceProperties(cart, instance, body: large),
            ]
            for write in writes {
                let refusal = registry.refusal(of: write)
                #expect((refusal == nil) == isTaken)
                #expect(isTaken || refusal?.code == .invalidParameters)
            }
        }
    }

    @Test("finds the microservice that has the alias already, and conflicts when it chose another ID")
    mutating func alias() throws {
        let first = try registry.write(service("a", #","alias":"same""#))
        let second = try registry.write(service("b", #","alias":"same""#))
        #expect(second.answer == first.answer)
        #expect(second.delta.isEmpty)
        let chosen = registry.refusal(of: service("b", #","alias":"same","serviceId":"mine""#))
        #expect(chosen?.code == .microserviceExists)
        // Another version is another alias, and a microservice that is gone leaves it free.
        #expect(try registry.write(service("c", #","alias":"same","version":"2""#)).delta.changeCount == 1)
        let id = ServiceID(JSONValue(parsing: first.answer.body)?["serviceId"]?.text ?? "")
        _ = try registry.write(.unregisterMicroservice(id, force: false))
        #expect(try registry.write(service("b", #","alias":"same""#)).delta.changeCount == 1)
    }

    @Test("is refused when there are too many, with the numbers")
    mutating func quotas() throws {
        var settings = LocalSettings()
        (settings.microservices, settings.instances) = (1, 1)
        registry = LocalState(LocalRegistry(settings: settings))
        let id = try registry.register(service: "a")
        #expect(
            registry.refusal(of: service("b"))?.detail
                == "no quota to create SERVICE, max num is 1, curNum is 1, apply num is 1")
        _ = try registry.register(instanceOf: id)
        let body = Array(#"{"instance":{"hostName":"h"}}"#.utf8)
        #expect(
            registry.refusal(of: .registerInstance(id, body: body))?.detail
                == "no quota to create INSTANCE, max num is 1, curNum is 1, apply num is 1")
    }

    @Test("of the registry itself is never taken back")
    mutating func own() throws {
        let body = Array(#"{"service":{"serviceName":"SERVICECENTER","version":"1.4.8"}}"#.utf8)
        let answer = try registry.write(.registerMicroservice(body: body)).answer
        let id = ServiceID(JSONValue(parsing: answer.body)?["serviceId"]?.text ?? "")
        #expect(
            registry.refusal(of: .unregisterMicroservice(id, force: true))
                == ServiceCenterError(.invalidParameters, "not allow to delete service center"))
    }

    @Test("leaves the tags that it had when it gets others")
    mutating func tags() throws {
        let ref = ServiceRef(tenant: .default, id: try registry.register(service: "a"))
        _ = try registry.write(.addTags(ref.id, body: Array(#"{"tags":{"a":"b","c":"d"}}"#.utf8)))
        _ = try registry.write(.addTags(ref.id, body: Array(#"{"tags":{"e":"f"}}"#.utf8)))
        #expect(registry.registry.holdings[ref]?.tags == ["e": "f"])
        let keys = registry.refusal(of: .deleteTags(ref.id, keys: ["e", ""]))
        #expect(keys?.detail.hasPrefix("field 'DeleteServiceTagsRequest.Keys' invalid value '' ") == true)
        _ = try registry.write(.addTags(ref.id, body: Array("{}".utf8)))
        #expect(registry.registry.holdings[ref]?.tags == [:])
    }

    @Test(
        "and every other write with an ID that cannot be is refused before anything is looked at",
        arguments: [
            (.heartbeat(ServiceID("a b"), InstanceID("i")), "HeartbeatRequest.ServiceId' invalid value 'a b'"),
            (.heartbeat(ServiceID("a"), InstanceID("a/b")), "HeartbeatRequest.InstanceId' invalid value 'a/b'"),
            (.unregisterMicroservice(ServiceID(" "), force: true), "DeleteServiceRequest.ServiceId' invalid value ' '"),
            (.changeStatus(ServiceID("a"), InstanceID("é"), status: "x"), "UpdateInstanceStatusRequest.InstanceId'"),
            (.updateRule(ServiceID("a"), rule: "a b", body: Array("{}".utf8)), "UpdateServiceRuleRequest.RuleId'"),
            (.addTags(ServiceID("\t"), body: Array("{}".utf8)), "AddServiceTagsRequest.ServiceId'"),
        ] as [(RegistryWrite, String)])
    mutating func ids(write: RegistryWrite, detail: String) {
        let refusal = registry.refusal(of: write)
        #expect(refusal?.code == .invalidParameters)
        #expect(refusal?.detail.hasPrefix("field '\(detail)") == true, "\(refusal?.detail ?? "")")
    }
}

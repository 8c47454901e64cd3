import Registry
import ServiceCenterWire
import TestSupport
import Testing
import Topology

@testable import API
@testable import Discovery

/// Clients with auto-discovery must stay with us, whatever service-centers the sources know.
@Suite("The registry's own microservice")
struct OurselvesTests {
    private static let find = "/v4/default/registry/instances?appId=default&serviceName=SERVICECENTER&version=latest"

    @Test("is this process at the address by which the client reached it, in health, find and batch find")
    func address() async throws {
        let upstream = try await Upstreams.serving("dump-sc-1.json")
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        let ours = JSONValue.array([.string("rest://\(registry.address)/")])
        for path in ["/v4/default/registry/health", "/health", "/registry/v3/health", OurselvesTests.find] {
            let answer = try await registry.ask("GET", path)
            let instances = answer.json?["instances"]?.elements
            #expect(instances?.count == 1, "\(path)")
            #expect(instances?.first?["endpoints"] == ours, "\(path)")
            #expect(instances?.first?["status"] == .string("UP"))
            #expect(instances?.first?["version"] == .string("1.4.8"))
        }
        // Asked by another name, it answers with that one.
        let named = try await registry.ask("GET", OurselvesTests.find, headers: ["Host": "mainstem.example:30100"])
        #expect(named.text.contains("rest://mainstem.example:30100/"))
        let body = #"{"services":[{"service":{"appId":"default","serviceName":"SERVICECENTER","version":"0+"}}]}"#
        let batch = try await registry.ask(
            "POST", "/v4/default/registry/instances/action?type=query", body: Array(body.utf8))
        let updated = batch.json?["services"]?["updated"]?.elements.first
        #expect(updated?["instances"]?.elements.first?["endpoints"] == ours)
        await registry.stop()
        await upstream.stop()
    }

    @Test("is found by anybody from every tenant, resolves by its ID there, and is unchanged while it is")
    func everywhere() async throws {
        let registry = try await Upstreams.embedded("home")
        let headers = ["X-Domain-Name": "other", "X-ConsumerId": "ghost"]
        let path = OurselvesTests.find.replacing("/default/registry", with: "/place/registry")
        let found = try await registry.ask("GET", path, headers: headers)
        let id = try #require(found.json?["instances"]?.elements.first?["serviceId"]?.text)
        let one = try await registry.ask("GET", "/v4/place/registry/microservices/\(id)", headers: headers)
        #expect(one.json?["service"]?["serviceName"] == .string("SERVICECENTER"))
        // So do its instances, for anybody that exists.
        let asker = ["X-Domain-Name": "other"]
        let instances = "/v4/place/registry/microservices/\(id)/instances"
        let listed = try await registry.ask("GET", instances, headers: asker)
        let instance = try #require(listed.json?["instances"]?.elements.first?["instanceId"]?.text)
        #expect(listed.json?["instances"] == found.json?["instances"])
        #expect(try await registry.ask("GET", "\(instances)/\(instance)", headers: asker).status == 200)
        let revision = try #require(found.header("X-Resource-Revision"))
        #expect(try await registry.ask("GET", path + "&rev=\(revision)", headers: headers).status == 304)
        // A version that we are not is unknown.
        let old = OurselvesTests.find.replacing("latest", with: "0.9")
        #expect(try await registry.ask("GET", old).status == 400)
        await registry.stop()
    }

    @Test("has the ID that every service-center of this version gives to itself")
    func identity() {
        #expect(ServiceIdentity.serviceID(of: Dialect.registry(at: "").key(in: .default)) == Dialect.registryID)
    }
}

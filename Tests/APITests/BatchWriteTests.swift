import TestSupport
import Testing
import Topology

/// Writes of many things at once, and refusals, at an embedded home and forwarded to one.
@Suite struct BatchWriteTests {
    private let registry = "/v4/default/registry"

    /// Runs a test against an embedded home, and against a registry that forwards to one.
    private func atEachHome(_ test: (RegistryClient) async throws -> Void) async throws {
        let home = "home: far\nsources:\n  - name: far\n    plugin: "
        let far = try await LiveRegistry.start(Topology.parse(home + "local\n", file: "far"))
        let settings = "settings: {endpoints: [\"http://\(far.address)\"], interval: 1h}"
        let front = try await LiveRegistry.start(
            Topology.parse(home + "servicecenter\n    \(settings)\n", file: "front"))
        for registry in [far, front] { try await test(RegistryClient("\(registry.address)", registry.client)) }
        await front.stop()
        await far.stop()
    }

    @Test("several microservices are unregistered at once, whatever becomes of the others")
    func unregister() async throws {
        try await atEachHome { client in
            let (a, b) = (try await client.register("a"), try await client.register("b"))
            let path = registry + "/microservices"
            let one = try await client.ask("DELETE", path, body: #"{"serviceIds":["\#(a)","\#(a)"]}"#)
            #expect(one.status == 200)
            #expect(one.json == JSONValue(parsing: #"{"services":[{"serviceId":"\#(a)"}]}"#.utf8))
            #expect(try await client.ask("GET", "\(path)/\(a)").status == 400)
            _ = try await client.start("h", of: b)
            let held = try await client.ask("DELETE", path, body: #"{"serviceIds":["\#(b)"]}"#)
            #expect(held.text.contains(#""errorCode":"400001""#))
            #expect(held.json?["detail"]?.text == "Delete services failed.")
            let both = try await client.ask("DELETE", path, body: #"{"serviceIds":["nope","\#(b)"],"force":true}"#)
            #expect(both.status == 400)
            #expect(try await client.ask("GET", "\(path)/\(b)").status == 400)
            #expect(try await client.ask("DELETE", path, body: "{}").json?["detail"]?.text == "'serviceIDs' is empty")
        }
    }

    @Test("the instances that have these properties get another status, and no others")
    func statuses() async throws {
        try await atEachHome { client in
            let cart = try await client.register("cart")
            let path = "\(registry)/microservices/\(cart)/instances"
            for (host, zone) in [("one", "a"), ("two", "b")] {
                let body = #"{"instance":{"hostName":"\#(host)","properties":{"zone":"\#(zone)","x":"y"}}}"#
                #expect(try await client.ask("POST", path, body: body).status == 200)
            }
            let down = #"{"matches":{"properties":{"zone":"a","x":"y"}},"status":"DOWN"}"#
            #expect(try await client.ask("PUT", registry + "/instances/status", body: down).status == 200)
            let instances = try await client.ask("GET", path).json?["instances"]?.elements ?? []
            let statuses = instances.map { "\($0["hostName"]?.text ?? "") \($0["status"]?.text ?? "")" }
            #expect(statuses.sorted() == ["one DOWN", "two UP"])
            let bad = try await client.ask("PUT", registry + "/instances/status", body: #"{"status":"BAD"}"#)
            #expect(bad.text.contains("field 'UpdateManyInstanceStatusRequest.Status' invalid value 'BAD'"))
            #expect(
                try await client.ask("PUT", registry + "/instances/status", body: "").json?["detail"]?.text
                    == "Unmarshal error")
            #expect(try await client.ask("DELETE", "\(registry)/microservices/\(cart)?force=1").status == 200)
        }
    }

    @Test("a registration that is done in part is visible as far as it is done")
    func registration() async throws {
        try await atEachHome { client in
            let body = """
                {"service":{"appId":"shop","serviceName":"cart","version":"1.0.0"},"tags":{"a":"b"},
                "instances":[{"hostName":"h"},{"hostName":""}]}
                """
            let answer = try await client.ask("POST", registry + "/microservices", body: body)
            #expect(answer.status == 400)
            #expect(answer.text.contains("errMessages: [{instance:[],result:field 'MicroServiceInstance.HostName'"))
            #expect(try await client.hosts(of: "cart") == ["h"])
            let id = try await client.register("cart")
            #expect(try await client.ask("GET", "\(registry)/microservices/\(id)/tags").text == #"{"tags":{"a":"b"}}"#)
            #expect(try await client.ask("DELETE", "\(registry)/microservices/\(id)?force=1").status == 200)
        }
    }

    @Test("what is no flag is refused, and so is a version that no name has")
    func refusals() async throws {
        try await atEachHome { client in
            let id = try await client.register("cart")
            let flag = try await client.ask("DELETE", "\(registry)/microservices/\(id)?force=yes")
            #expect(flag.json?["detail"]?.text == "parameter force must be false or true")
            #expect(flag.json?["errorCode"]?.text == "400001")
            let existence = registry + "/existence?type=microservice&appId=shop&serviceName=cart&version="
            let version = try await client.ask("GET", existence + "2.0%2B")
            #expect(version.json?["errorCode"]?.text == "400026")
            #expect(version.json?["detail"]?.text == "/shop/cart/2.0+ version mismatch.")
            #expect(try await client.ask("GET", existence + "2.0").json?["errorCode"]?.text == "400012")
            let tags = try await client.find("cart", more: "&tags=a,1")
            #expect(tags.text.contains("field 'FindInstancesRequest.Tags' invalid value '1'"))
        }
    }

    @Test("the old forms of governance answer as the new ones")
    func oldForms() async throws {
        try await atEachHome { client in
            let id = try await client.register("cart")
            for (old, new) in [
                ("services?options=tags", "microservices?options=tags"), ("service/\(id)", "microservices/\(id)"),
                ("relation", "relations"),
            ] {
                let (before, after) = (
                    try await client.ask("GET", "/registry/v3/govern/\(old)"),
                    try await client.ask("GET", "/v4/default/govern/\(new)")
                )
                #expect(before.status == 200)
                #expect(before.json?.asSets == after.json?.asSets, "\(old)")
            }
            #expect(try await client.ask("DELETE", "/v4/default/admin/alarms").status == 200)
        }
    }
}

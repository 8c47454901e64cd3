import TestSupport
import Testing
import Topology

/// What is wrong with a read, in service-center's words, and what a schema's answer tells beside its text.
/// Rules: service-center's `*_validator.go` and `schema_controller.go`.
@Suite struct ReadRefusalTests {
    private let registry = "/v4/default/registry"

    private func start() async throws -> LiveRegistry {
        try await LiveRegistry.start(
            Topology.parse("home: here\nsources:\n  - name: here\n    plugin: local\n", file: "here"))
    }

    @Test("an ID that cannot be is refused, where the real server looks at it")
    func ids() async throws {
        let live = try await start()
        let id = "\(registry)/microservices/a%20b"
        for (path, field) in [
            (id, "GetServiceRequest.ServiceId"), (id + "/tags", "GetServiceTagsRequest.ServiceId"),
            (id + "/rules", "GetServiceRulesRequest.ServiceId"), (id + "/schemas", "GetAllSchemaRequest.ServiceId"),
            (id + "/schemas/s", "GetSchemaRequest.ServiceId"), (id + "/providers", "GetDependenciesRequest.ServiceId"),
            (id + "/consumers", "GetDependenciesRequest.ServiceId"),
            (id + "/instances", "GetInstancesRequest.ProviderServiceId"),
            (id + "/instances/i", "GetOneInstanceRequest.ProviderServiceId"),
            (registry + "/existence?type=schema&serviceId=a%20b", "GetExistenceRequest.ServiceId"),
        ] {
            let answer = try await live.ask("GET", path)
            #expect(answer.json?["errorCode"]?.text == "400001", "\(path)")
            #expect(
                answer.json?["detail"]?.text
                    == "field '\(field)' invalid value 'a b' does not match rule: {Min: 1, Max: 64, Regexp: ^\\S*$}")
        }
        await live.stop()
    }

    @Test(
        "a batch with one question that cannot be is refused as a whole",
        arguments: [
            (#"{"services":[{"service":{"serviceName":"a","version":"1"}}]}"#, "MicroServiceKey.AppId", ""),
            (#"{"services":[{"service":{"appId":"a","serviceName":"a"}}]}"#, "MicroServiceKey.Version", ""),
            (
                #"{"services":[{"service":{"appId":"a","serviceName":"a","version":"1","environment":"x"}}]}"#,
                "MicroServiceKey.Environment", "x"
            ),
            (#"{"services":[{"rev":""}]}"#, "FindService.Service", "<nil>"),
            (#"{"instances":[{"rev":""}]}"#, "FindInstance.Instance", "<nil>"),
            (#"{"instances":[{"instance":{"serviceId":"s"}}]}"#, "HeartbeatSetElement.InstanceId", ""),
        ])
    func batch(body: String, field: String, value: String) async throws {
        let live = try await start()
        let answer = try await live.ask("POST", registry + "/instances/action?type=query", body: Array(body.utf8))
        let detail = answer.json?["detail"]?.text ?? ""
        #expect(detail.hasPrefix("field '\(field)' invalid value '\(value)' does not match rule: "), "\(detail)")
        await live.stop()
    }

    @Test("a batch asks in the environment that it names")
    func environment() async throws {
        let live = try await start()
        let client = RegistryClient("\(live.address)", live.client)
        _ = try await client.start("plain", of: client.register("cart"))
        _ = try await client.start("real", of: client.register("cart", environment: "production"))
        let key = #""appId":"shop","serviceName":"cart","version":"0+""#
        let body = #"{"services":[{"service":{\#(key)}},{"service":{\#(key),"environment":"production"}}]}"#
        let answer = try await client.ask("POST", registry + "/instances/action?type=query", body: body)
        let updated = answer.json?["services"]?["updated"]?.elements ?? []
        #expect(updated.map { $0["instances"]?.elements.first?["hostName"]?.text } == ["plain", "real"])
        await live.stop()
    }

    @Test("a schema comes with its summary in a header, and so does the word that it is there")
    func summary() async throws {
        let live = try await start()
        let client = RegistryClient("\(live.address)", live.client)
        let id = try await client.register("cart")
        let path = "\(registry)/microservices/\(id)/schemas"
        _ = try await client.ask("PUT", path + "/api", body: #"{"schema":"text","summary":"abc1"}"#)
        #expect(try await client.ask("GET", path + "/api").header("X-Schema-Summary") == "abc1")
        let existence = "\(registry)/existence?type=schema&serviceId=\(id)&schemaId=api"
        #expect(try await client.ask("GET", existence).header("X-Schema-Summary") == "abc1")
        let flag = try await client.ask("GET", path + "?withSchema=yes")
        #expect(flag.json?["detail"]?.text == "parameter withSchema must be 1 or 0")
        #expect(try await client.ask("GET", path + "?withSchema=1").text.contains(#""schema":"text""#))
        await live.stop()
    }
}

import TestSupport
import Testing

/// The life of a go-chassis client (`sc-client`): existence with any refusal parsed, one batch a poll, a double-escaped
/// version, and a watch whose frames are dereferenced without a look.
@Suite("A go-chassis client")
struct GoChassisTests {
    private static let headers = [
        "User-Agent": "go-client", "X-Domain-Name": "default", "Content-Type": "application/json",
    ]
    private static let root = "/v4/default/registry"

    private func ask(
        _ world: ClientWorld, _ method: String, _ path: String, _ more: [String: String] = [:], body: String? = nil
    ) async throws -> LiveRegistry.Answer {
        try await world.ask(method, path, as: GoChassisTests.headers, more, body: body)
    }

    @Test("registers, beats, polls in batches, watches and registers anew", arguments: ClientWorld.Home.allCases)
    func life(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        let root = GoChassisTests.root
        #expect(try await ask(world, "GET", root + "/health/readiness").status == 200)
        let existence = root + "/existence?appId=shop&env=&serviceName=web&type=microservice&version=1.0.0"
        let missing = try await ask(world, "GET", existence)
        #expect((400..<500).contains(missing.status))
        #expect(missing.json?["serviceId"] == nil)
        let service = """
            {"service":{"appId":"shop","serviceName":"web","version":"1.0.0","level":"FRONT","schemas":["web"],
            "status":"UP","framework":{"name":"Go-Chassis","version":"2.3.1"},"registerBy":"SDK"}}
            """
        let registered = try await ask(world, "POST", root + "/microservices", body: service)
        let id = try #require(registered.json?["serviceId"]?.text)
        let schema =
            #"{"schemaId":"web","summary":"f2ca1bb6c7e907d06dafe4687e579fce","schema":"s"}"#
        #expect(try await ask(world, "PUT", root + "/microservices/\(id)/schemas/web", body: schema).status == 200)
        // The same instance ID again and again, as after each failed heartbeat.
        let instance = """
            {"instance":{"instanceId":"web-instance","serviceId":"\(id)","hostName":"web-1","status":"UP",
            "endpoints":["rest://10.0.0.1:8080"],"healthCheck":{"mode":"push","interval":30,"times":3}}}
            """
        for _ in 0..<2 {
            let answer = try await ask(world, "POST", root + "/microservices/\(id)/instances", body: instance)
            #expect(answer.json?["instanceId"] == .string("web-instance"))
        }
        let beat = root + "/microservices/\(id)/instances/web-instance/heartbeat"
        #expect(try await ask(world, "PUT", beat).status == 200)
        try await poll(world, id)

        let watch = try await WatchRecorder.open(world.address, path: root + "/microservices/\(id)/watcher")
        let orders = try await world.south.register("orders")
        let third = try await world.south.start("orders-3", of: orders)
        try await watch.expect(["CREATE south orders-3"])
        let path = "/v4/default/registry/microservices/\(orders)/instances/\(third)/status?value=DOWN"
        #expect(try await world.south.ask("PUT", path).status == 200)
        try await watch.expect(["CREATE south orders-3", "UPDATE south orders-3"])
        try await world.south.stop(third, of: orders)
        try await watch.expect(["CREATE south orders-3", "UPDATE south orders-3", "DELETE south orders-3"])
        for text in watch.texts { #expect(text.contains(#""instance":{"#)) }
        await watch.close()

        #expect(try await ask(world, "DELETE", root + "/microservices/\(id)/instances/web-instance").status == 200)
        let gone = try await ask(world, "PUT", beat)
        #expect(gone.status == 400)
        // It asks for its microservice and registers only the instance.
        #expect(try await ask(world, "GET", root + "/microservices/\(id)").status == 200)
        #expect(
            try await ask(world, "POST", root + "/microservices/\(id)/instances", body: instance).status == 200)
        #expect(try await ask(world, "PUT", beat).status == 200)
        #expect(try await ask(world, "DELETE", root + "/microservices/\(id)?force=1").status == 200)
        await world.end()
    }

    private func poll(_ world: ClientWorld, _ id: String) async throws {
        let root = GoChassisTests.root
        let batch = """
            {"services":[{"service":{"appId":"shop","serviceName":"orders","version":"0+"}},
            {"service":{"appId":"shop","serviceName":"web","version":"0+"}},
            {"service":{"appId":"shop","serviceName":"nobody","version":"0+"}}]}
            """
        let path = root + "/instances/action?type=query"
        let answer = try await ask(world, "POST", path, ["X-ConsumerId": id], body: batch)
        #expect(answer.status == 200)
        let updated = answer.json?["services"]?["updated"]?.elements ?? []
        #expect(updated.map { $0["index"] } == [.number(0), .number(1)])
        #expect(updated.first?["instances"]?.elements.count == 2)
        for served in updated.flatMap({ $0["instances"]?.elements ?? [] }) {
            #expect(served["version"]?.text?.isEmpty == false)
        }
        let failed = answer.json?["services"]?["failed"]?.elements.first
        #expect(failed?["error"]?["errorCode"] == .string("400012"))
        #expect(failed?["indexes"] == .array([.number(2)]))
        // `0%2B`, escaped once more.
        let find = root + "/instances?appId=shop&serviceName=orders&version=0%252B"
        let found = try await ask(world, "GET", find, ["X-ConsumerId": id])
        #expect(found.hosts == ["orders-1", "orders-2"])
        let revision = try #require(found.header("X-Resource-Revision"))
        #expect(try await ask(world, "GET", find + "&rev=\(revision)", ["X-ConsumerId": id]).status == 304)
        #expect(try await ask(world, "GET", find + "&rev=0", ["X-ConsumerId": id]).status == 200)
        // Kratos and Kitex send an empty consumer.
        #expect(try await ask(world, "GET", find, ["X-ConsumerId": ""]).hosts == ["orders-1", "orders-2"])
        let nobody = try await ask(world, "GET", find.replacing("orders", with: "nobody"), ["X-ConsumerId": id])
        #expect(nobody.text.contains(#""errorCode":"400012""#))
    }

    @Test(
        "of a mesher polls everything with its instances, and takes itself out of service",
        arguments: ClientWorld.Home.allCases)
    func mesher(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        let id = try await world.client.register("mesher")
        let own = try await world.client.start("mesher-1", of: id)
        let all = try await ask(world, "GET", "/v4/default/govern/microservices?options=instances")
        let details = all.json?["allServicesDetail"]?.elements ?? []
        let hosts = details.flatMap { $0["instances"]?.elements ?? [] }.compactMap { $0["hostName"]?.text }
        #expect(hosts.sorted() == ["mesher-1", "orders-1", "orders-2"])
        let path = GoChassisTests.root + "/microservices/\(id)/instances/\(own)/status?value=OUTOFSERVICE"
        #expect(try await ask(world, "PUT", path).status == 200)
        let after = try await ask(world, "GET", "/v4/default/govern/microservices?options=instances")
        #expect(after.text.contains("OUTOFSERVICE"))
        #expect(try await ask(world, "GET", "/v4/default/govern/apps").text.contains(#""shop""#))
        #expect(try await ask(world, "GET", GoChassisTests.root + "/microservices/\(id)/providers").status == 200)
        await world.end()
    }
}

import Registry
import TestSupport
import Testing

/// The life of the `service-center-client` of java-chassis 2.8 and 3, which spring-cloud-huawei uses too.
@Suite("A java-chassis 3 client")
struct JavaChassisThreeTests {
    private static let headers = ["x-domain-name": "default", "Content-Type": "application/json"]
    private static let root = "/v4/default/registry"

    private func ask(
        _ world: ClientWorld, _ method: String, _ path: String, _ more: [String: String] = [:], body: String? = nil
    ) async throws -> LiveRegistry.Answer {
        try await world.ask(
            method, JavaChassisThreeTests.root + path, as: JavaChassisThreeTests.headers, more, body: body)
    }

    @Test(
        "registers, starts again as itself, pulls by revision and resolves every ID in a list",
        arguments: ClientWorld.Home.allCases)
    func life(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        // It looks for other addresses, and must stay with this one.
        let health = try await ask(world, "GET", "/health")
        #expect(
            health.json?["instances"]?.elements.map { $0["endpoints"] } == [
                .array([.string("rest://\(world.address)/")])
            ])
        #expect(try await world.client.ask("GET", "/v4/default/registry/health/readiness").status == 200)
        #expect(try await world.client.ask("POST", "/v4/token", body: #"{"name":"a","password":"b"}"#).status == 404)

        let existence = "/existence?type=microservice&appId=shop&serviceName=web&version=1.0.0&env="
        #expect(try await ask(world, "GET", existence).status == 400)
        let service = """
            {"service":{"appId":"shop","serviceName":"web","version":"1.0.0","level":"BACK","status":"UP",
            "schemas":["web.api","web.admin"],"properties":{"a":"1"},"framework":{"name":"servicecomb-java-chassis",
            "version":"3.2.1"},"registerBy":"SDK"}}
            """
        let registered = try await ask(world, "POST", "/microservices", body: service)
        let id = try #require(registered.json?["serviceId"]?.text)
        for name in ["web.api", "web.admin"] {
            let schema = #"{"schema":"text of \#(name)","summary":"ab12"}"#
            #expect(try await ask(world, "PUT", "/microservices/\(id)/schemas/\(name)", body: schema).status == 200)
        }
        let own = try #require(try await start(world, id))
        // Started again: the microservice is known, its properties are sent anew, its schemas are compared.
        #expect(try await ask(world, "GET", existence).json?["serviceId"] == .string(id))
        let known = try await ask(world, "GET", "/microservices/\(id)")
        #expect(known.json?["service"]?["schemas"] == .array([.string("web.api"), .string("web.admin")]))
        let properties = #"{"properties":{"a":"2"},"framework":{"name":"servicecomb-java-chassis","version":"3.2.1"}}"#
        #expect(try await ask(world, "PUT", "/microservices/\(id)/properties", body: properties).status == 200)
        #expect(try await ask(world, "GET", "/microservices/\(id)").text.contains(#""properties":{"a":"2"}"#))
        let schemas = """
            {"schemas":[{"schemaId":"web.api","schema":"new text","summary":"n1"},
            {"schemaId":"web.admin","schema":"new text 2","summary":"n2"}]}
            """
        #expect(try await ask(world, "POST", "/microservices/\(id)/schemas", body: schemas).status == 200)
        // In no environment what has a summary stays, without a word: rule of the real server's `schema.go`.
        #expect(
            try await ask(world, "GET", "/microservices/\(id)/schemas/web.api").json?["schema"]
                == .string("text of web.api"))

        for _ in 0..<3 {
            #expect(try await ask(world, "PUT", "/microservices/\(id)/instances/\(own)/heartbeat").status == 200)
        }
        let set = #"{"instances":[{"serviceId":"\#(id)","instanceId":"\#(own)"}]}"#
        #expect(try await ask(world, "PUT", "/heartbeats", body: set).status == 200)
        try await pull(world, id)
        for status in ["DOWN", "OUTOFSERVICE", "TESTING", "STARTING", "UP"] {
            let path = "/microservices/\(id)/instances/\(own)/status?value=\(status)"
            #expect(try await ask(world, "PUT", path).status == 200)
            #expect(try await ask(world, "GET", "/microservices/\(id)/instances/\(own)").text.contains(status))
        }
        #expect(try await ask(world, "DELETE", "/microservices/\(id)/instances/\(own)").status == 200)
        await world.end()
    }

    private func start(_ world: ClientWorld, _ id: String) async throws -> String? {
        let instance = """
            {"instance":{"endpoints":["rest://10.0.0.1:8080"],"hostName":"web-1","status":"UP",
            "healthCheck":{"mode":"push","interval":15,"times":3},"properties":{},"version":"1.0.0",
            "timestamp":null,"modTimestamp":null}}
            """
        let answer = try await ask(world, "POST", "/microservices/\(id)/instances", body: instance)
        return answer.json?["instanceId"]?.text
    }

    /// One round of its discovery: the revision is empty at first; a microservice in a list that cannot be read at once
    /// would throw the whole round away.
    private func pull(_ world: ClientWorld, _ id: String) async throws {
        let find = "/instances?appId=shop&serviceName=orders&version=0%2B&rev="
        let first = try await ask(world, "GET", find, ["X-ConsumerId": id])
        #expect(first.hosts == ["orders-1", "orders-2"])
        for served in first.json?["instances"]?.elements ?? [] {
            let owner = try #require(served["serviceId"]?.text)
            #expect(try await ask(world, "GET", "/microservices/\(owner)").status == 200)
        }
        let revision = try #require(first.header("X-Resource-Revision"))
        #expect(try await ask(world, "GET", find + revision, ["X-ConsumerId": id]).status == 304)
        // Its retry loses the header with the domain.
        let path = JavaChassisThreeTests.root + find + revision
        #expect(try await world.client.ask("GET", path, headers: ["X-ConsumerId": id]).status == 304)
        // A known microservice without instances is an empty list, not a refusal.
        let empty = try await world.client.register("empty")
        #expect(!empty.isEmpty)
        let none = try await ask(
            world, "GET", find.replacing("orders", with: "empty"), ["X-ConsumerId": id])
        #expect(none.status == 200)
        #expect(none.header("X-Resource-Revision")?.isEmpty == false)
    }

    @Test(
        "keeps its list when its provider's datacenter is gone: what was known stays",
        arguments: ClientWorld.Home.allCases)
    func outage(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        let id = try await world.client.register("web")
        await world.loseSouth()
        try await world.front.until("the south is stale") { view in
            view.sources.contains { $0.source.name == "south" && $0.state == .stale }
        }
        let find = "/instances?appId=shop&serviceName=orders&version=0%2B&rev="
        #expect(try await ask(world, "GET", find, ["X-ConsumerId": id]).hosts == ["orders-1", "orders-2"])
        await world.end()
    }
}

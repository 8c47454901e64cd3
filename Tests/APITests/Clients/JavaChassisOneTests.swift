import TestSupport
import Testing

/// The life of a client of java-chassis 1.3.x (`ServiceRegistryClientImpl`): the project segment holds the domain's
/// name, or the paths are those of version 3; the revision is taken from every answer.
@Suite("A java-chassis 1.3 client")
struct JavaChassisOneTests {
    private static let headers = [
        "User-Agent": "cse-serviceregistry-client/1.0.0", "x-domain-name": "default",
        "Content-Type": "application/json",
    ]

    @Test(
        "registers, finds both datacenters, keeps its lists over refusals, watches and leaves",
        arguments: ClientWorld.Home.allCases, ["/v4/default/registry", "/registry/v3"])
    func life(home: ClientWorld.Home, root: String) async throws {
        let world = try await ClientWorld(home)
        func ask(_ method: String, _ path: String, _ more: [String: String] = [:], body: String? = nil) async throws
            -> LiveRegistry.Answer
        {
            try await world.ask(method, root + path, as: JavaChassisOneTests.headers, more, body: body)
        }
        let existence = "/existence?type=microservice&appId=shop&serviceName=web&version=1.0.0&env=&global=true"
        let unknown = try await ask("GET", existence)
        #expect(unknown.status == 400)
        // The client reads refusals into a map and takes the code for a string.
        #expect(unknown.json?["errorCode"] == .string("400012"))
        let service = """
            {"service":{"serviceId":null,"framework":{"name":"servicecomb-java-chassis","version":"CSE:2.3.69"},
            "registerBy":"SDK","environment":null,"appId":"shop","serviceName":"web","alias":null,"version":"1.0.0",
            "description":null,"level":"FRONT","schemas":["web.api"],"paths":[],"status":"UP","properties":{},
            "instances":[]}}
            """
        let id = try #require(try await ask("POST", "/microservices", body: service).json?["serviceId"]?.text)
        #expect(try await ask("GET", existence).json?["serviceId"] == .string(id))
        let schema = #"{"schemaId":"web.api","schema":"---\nswagger: \"2.0\"\n","summary":"9f8e"}"#
        #expect(try await ask("PUT", "/microservices/\(id)/schemas/web.api", body: schema).status == 200)
        #expect(try await ask("GET", "/microservices/\(id)/schemas/web.api?global=true").status == 200)
        let instance = """
            {"instance":{"instanceId":null,"serviceId":"\(id)","endpoints":["rest://10.0.0.1:8080?sslEnabled=false"],
            "hostName":"web-1","status":"UP","properties":{},"environment":null,"stage":null,
            "healthCheck":{"mode":"push","port":0,"interval":30,"times":3,"ttl":0},
            "dataCenterInfo":{"name":"dc-n","region":"north","availableZone":"az1"},"timestamp":null}}
            """
        let registered = try await ask("POST", "/microservices/\(id)/instances", body: instance)
        let own = try #require(registered.json?["instanceId"]?.text)
        #expect(try await ask("PUT", "/microservices/\(id)/instances/\(own)/heartbeat").status == 200)

        let consumer = ["X-ConsumerId": id]
        let find = "/instances?appId=shop&global=true&serviceName=orders&version=0.0.0%2B"
        let found = try await ask("GET", find, consumer)
        #expect(found.hosts == ["orders-1", "orders-2"])
        let revision = try #require(found.header("X-Resource-Revision"))
        let same = try await ask("GET", find + "&rev=\(revision)", consumer)
        #expect(same.status == 304)
        #expect(same.header("X-Resource-Revision") == revision)
        let nobody = try await ask("GET", find.replacing("orders", with: "nobody"), consumer)
        #expect(nobody.status == 400)
        #expect(nobody.text.contains(#""errorCode":"400012""#))
        #expect(nobody.header("X-Resource-Revision") != nil)
        // Datacenters pass through as they were registered.
        let mine = try await ask("GET", "/microservices/\(id)/instances?global=true", consumer)
        #expect(mine.text.contains(#""dataCenterInfo":{"name":"dc-n","region":"north","availableZone":"az1"}"#))

        let watch = try await WatchRecorder.open(world.address, path: "\(root)/microservices/\(id)/watcher")
        let orders = try await world.south.register("orders")
        let third = try await world.south.start("orders-3", of: orders)
        try await watch.expect(["CREATE south orders-3"])
        #expect(try await ask("GET", find + "&rev=\(revision)", consumer).hosts.count == 3)
        try await world.south.stop(third, of: orders)
        try await watch.expect(["CREATE south orders-3", "DELETE south orders-3"])
        await watch.close()
        #expect(try await ask("DELETE", "/microservices/\(id)/instances/\(own)").status == 200)
        let gone = try await ask("PUT", "/microservices/\(id)/instances/\(own)/heartbeat")
        #expect(gone.json?["errorCode"] == .string("400017"))
        await world.end()
    }
}

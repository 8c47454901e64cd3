import TestSupport
import Testing

/// What the web front ends ask: lists with everything, one microservice with all that belongs to it, and the few writes
/// of their buttons.
@Suite("A web front end")
struct WebFrontEndTests {
    private static let headers = ["X-Domain-Name": "default", "X-Enterprise-Project-ID": "0"]

    @Test(
        "shows both datacenters, switches an instance off, and removes a microservice",
        arguments: ClientWorld.Home.allCases)
    func life(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        func ask(_ method: String, _ path: String) async throws -> LiveRegistry.Answer {
            try await world.ask(method, path, as: WebFrontEndTests.headers)
        }
        let web = try await world.client.register("web")
        let own = try await world.client.start("web-1", of: web)
        #expect(try await world.client.hosts(of: "orders", consumer: web)?.count == 2)
        let schema = #"{"schema":"the text","summary":"s"}"#
        let microservice = "/v4/default/registry/microservices/\(web)"
        #expect(try await world.client.ask("PUT", microservice + "/schemas/web.api", body: schema).status == 200)

        let list = try await ask(
            "GET", "/v4/default/govern/microservices?options=instances,dependencies&withShared=true")
        let names = (list.json?["allServicesDetail"]?.elements ?? []).compactMap {
            $0["microService"]?["serviceName"]?.text
        }
        #expect(Set(names).isSuperset(of: ["orders", "web"]))
        let statistics = try await ask("GET", "/v4/default/govern/microservices?options=statistics")
        #expect(statistics.json?["statistics"]?["instances"]?["count"] == .number(3))
        let one = try await ask("GET", "/v4/default/govern/microservices/\(web)?options=instances")
        #expect(one.json?["service"]?["instances"]?.elements.count == 1)
        let relations = try await ask("GET", "/v4/default/govern/relations")
        #expect(relations.json?["lines"]?.elements.count == 1)
        for path in ["", "/instances", "/providers", "/consumers", "/schemas", "/tags", "/rules"] {
            #expect(try await ask("GET", microservice + path).status == 200, "\(path)")
        }
        #expect(try await ask("GET", microservice + "/providers").text.contains(#""orders""#))
        #expect(try await ask("GET", microservice + "/schemas/web.api").json?["schema"] == .string("the text"))
        #expect(try await ask("PUT", microservice + "/instances/\(own)/status?value=DOWN").status == 200)
        #expect(try await ask("GET", microservice + "/instances").text.contains(#""status":"DOWN""#))
        let refused = try await ask("DELETE", microservice)
        #expect(refused.status == 400)
        #expect(refused.json?["errorCode"] == .string("400013"))
        #expect(try await ask("DELETE", microservice + "?force=true").status == 200)
        #expect(try await ask("GET", microservice).status == 400)
        await world.end()
    }

    @Test("and the command line tool find version, dump, clusters and health", arguments: ClientWorld.Home.allCases)
    func tools(home: ClientWorld.Home) async throws {
        let world = try await ClientWorld(home)
        let headers = ["X-Domain-Name": "default", "X-Auth-Token": ""]
        let version = try await world.ask("GET", "/version", as: headers)
        #expect(version.json?["version"] == .string("1.4.8"))
        let dump = try await world.ask("GET", "/v4/default/admin/dump", as: headers)
        #expect(dump.json?["cache"]?["instances"]?.elements.count == 2)
        for path in ["/v4/default/admin/clusters", "/v4/default/registry/health", "/v4/default/admin/alarms"] {
            #expect(try await world.ask("GET", path, as: headers).status == 200, "\(path)")
        }
        // What a Go aggregator over us asks beside the dump.
        let id = try #require(dump.json?["cache"]?["services"]?.elements.first?["value"]?["serviceId"]?.text)
        for path in ["/schemas", "/instances?global=false"] {
            let answer = try await world.ask("GET", "/v4/default/registry/microservices/\(id)\(path)", as: headers)
            #expect(answer.status == 200, "\(path)")
        }
        await world.end()
    }
}

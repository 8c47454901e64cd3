import TestSupport
import Testing

@Suite("/mainstem/v1/diff")
struct DifferenceListTests {
    /// A dump with one microservice and these instances.
    private static func dump(_ hosts: [String: String]) -> [UInt8] {
        let instances = hosts.map { id, host in
            """
            {"key":"/cse-sr/inst/files/default/default/a/\(id)","rev":1,"cluster":"",
            "value":{"instanceId":"\(id)","serviceId":"a","hostName":"\(host)"}}
            """
        }
        return Array(
            """
            {"cache":{"services":[{"key":"/cse-sr/ms/files/default/default/a","rev":1,"cluster":"",
            "value":{"serviceId":"a","appId":"shop","serviceName":"cart","version":"1.0.0"}}],
            "instances":[\(instances.joined(separator: ","))]}}
            """.utf8)
    }

    @Test("lists what one source has and another one lacks, and the words of both where they differ")
    func list() async throws {
        let north = try await ScriptedServer.start { _ in .respond(body: Self.dump(["i": "one", "n": "x", "s": "x"])) }
        let south = try await ScriptedServer.start { _ in .respond(body: Self.dump(["i": "other", "s": "x"])) }
        let registry = try await LiveRegistry.start(Upstreams.topology([("north", north), ("south", south)]))
        let answer = try await registry.ask("GET", "/mainstem/v1/diff?from=south&to=north").json
        #expect(answer?["from"]?.text == "south" && answer?["to"]?.text == "north")
        #expect(
            answer?["instances"]?["totals"]
                == .object(["onlyFrom": .number(0), "onlyTo": .number(1), "different": .number(1)]))
        #expect(answer?["microservices"]?["different"] == .array([]))
        let missing = answer?["instances"]?["onlyTo"]?.elements.first
        #expect(missing?["instanceId"]?.text == "n" && missing?["to"]?["serviceId"]?.text == "a")
        #expect(missing?["microservice"]?["serviceName"]?.text == "cart" && missing?["from"] == nil)
        let different = answer?["instances"]?["different"]?.elements.first
        #expect(different?["from"]?["body"]?["hostName"]?.text == "other")
        #expect(different?["to"]?["body"]?["hostName"]?.text == "one")
        for (query, words) in [
            ("from=north", "parameter to must name a source"), ("from=nort&to=south", "there are: north, south"),
            ("from=north&to=south&limit=x", "parameter limit must be from 1 to 1000"),
        ] {
            let refused = try await registry.ask("GET", "/mainstem/v1/diff?\(query)")
            #expect(refused.json?["errorCode"]?.text == "400001")
            #expect(refused.text.contains(words), "\(refused.text)")
        }
        await registry.stop()
        await north.stop()
        await south.stop()
    }
}

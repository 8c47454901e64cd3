import Discovery
import Registry
import TestSupport
import Testing
import Topology

@testable import API

@Suite("IDs in the answer to a write")
struct IDTranslationTests {
    private static func back(_ body: String, _ pairs: [(String, String)] = [("theirs", "mine")]) -> String {
        var ids = IDTranslation()
        for (known, given) in pairs { ids.note(ServiceID(known), givenAs: ServiceID(given)) }
        return String(decoding: ids.back(WriteAnswer(status: 400, body: Array(body.utf8))).body, as: UTF8.self)
    }

    @Test(
        "are the client's: as a serviceId wherever it stands, and as a whole word of what is told to people",
        arguments: [
            (#"{"serviceId":"theirs"}"# + "\n", #"{"serviceId":"mine"}"# + "\n"),
            (
                #"{ "instances" : [{"serviceId":"theirs","instanceId":"theirs","errMessage":"no lease of theirs/i"}]}"#,
                #"{ "instances" : [{"serviceId":"mine","instanceId":"theirs","errMessage":"no lease of mine/i"}]}"#
            ),
            (
                #"{"errorCode":"400012","errorMessage":"theirs","detail":"service[theirs] is not (theirs): theirs."}"#,
                #"{"errorCode":"400012","errorMessage":"theirs","detail":"service[mine] is not (mine): mine."}"#
            ),
            (#"{"detail":"theirs-2 theirs.api xtheirs \"q\""}"#, #"{"detail":"theirs-2 theirs.api xtheirs \"q\""}"#),
            (#"{"detail":"\"theirs\"\n"}"#, #"{"detail":"\"mine\"\n"}"#),
            (#"{"RuleIds":["theirs"],"n":1,"b":null}"#, #"{"RuleIds":["theirs"],"n":1,"b":null}"#),
            ("theirs, and no JSON", "theirs, and no JSON"), ("", ""),
        ])
    func answers(_ theirs: String, _ mine: String) {
        #expect(IDTranslationTests.back(theirs) == mine)
    }

    @Test("that two microservices have swapped are each the right one")
    func swapped() {
        let body = #"{"detail":"a, b","services":[{"serviceId":"a"},{"serviceId":"b"}]}"#
        let expected = #"{"detail":"b, a","services":[{"serviceId":"b"},{"serviceId":"a"}]}"#
        #expect(IDTranslationTests.back(body, [("a", "b"), ("b", "a")]) == expected)
    }

    @Test("an ID with characters of its own is one when nothing else stands there")
    func unusual() {
        let pairs = [("their/own:id", "mine")]
        #expect(IDTranslationTests.back(#"{"detail":"their/own:id"}"#, pairs) == #"{"detail":"mine"}"#)
    }

    /// A home that knows `cart` as `id-at-home`, with the instance `one`, and refuses every write with its own IDs.
    private static func refusing() async throws -> ScriptedServer {
        let key = "default/default/id-at-home"
        let service = """
            {"key":"/cse-sr/ms/files/\(key)","rev":1,"value":{"serviceId":"id-at-home","appId":"shop",\
            "serviceName":"cart","version":"1.0.0"}}
            """
        let instance = """
            {"key":"/cse-sr/inst/files/\(key)/one","rev":2,"value":{"serviceId":"id-at-home","instanceId":"one",\
            "hostName":"h","status":"UP"}}
            """
        let dump = #"{"cache":{"services":[\#(service)],"instances":[\#(instance)]}}"#
        let refusal = """
            {"errorCode":"400017","errorMessage":"Instance does not exist","detail":"no lease of id-at-home/one.",\
            "instances":[{"serviceId":"id-at-home","instanceId":"one","errMessage":"'id-at-home' is unknown"}]}
            """
        return try await ScriptedServer.start { request in
            guard request.method == "GET" else { return .respond(status: 400, body: Array(refusal.utf8)) }
            return request.path.contains("/dump") ? .respond(body: Array(dump.utf8)) : .respond(status: 404)
        }
    }

    @Test("are those that the client gave, whichever the home has, for one write and for a set of heartbeats")
    func forwarded() async throws {
        let home = try await IDTranslationTests.refusing()
        let other = try await Upstreams.embedded("other")
        let body = #"{"service":{"serviceId":"id-at-other","appId":"shop","serviceName":"cart","version":"1.0.0"}}"#
        _ = try await RegistryClient("\(other.address)", other.client)
            .ask("POST", "/v4/default/registry/microservices", body: body)
        let front = try await LiveRegistry.start(
            Topology.parse(
                """
                home: home
                sources:
                  - name: other
                    plugin: servicecenter
                    settings: {endpoints: ["http://\(other.address)"], interval: 1h}
                  - name: home
                    plugin: servicecenter
                    settings: {endpoints: ["\(home.url)"], interval: 1h}
                """, file: "front"))
        let client = RegistryClient("\(front.address)", front.client)
        let set = #"{"instances":[{"serviceId":"id-at-other","instanceId":"one"}]}"#
        let path = "/v4/default/registry/microservices/id-at-other"
        for (method, path, body) in [
            ("PUT", "/v4/default/registry/heartbeats", set), ("PUT", path + "/instances/one/heartbeat", ""),
            ("POST", path + "/tags", #"{"tags":{"a":"b"}}"#), ("POST", "/v4/default/registry/microservices", body),
        ] {
            let answer = try await client.ask(method, path, body: body)
            #expect(answer.status == 400)
            #expect(answer.json?["detail"] == .string("no lease of id-at-other/one."), "\(method) \(path)")
            let instance = answer.json?["instances"]?.elements.first
            #expect(instance?["serviceId"] == .string("id-at-other"))
            #expect(instance?["errMessage"] == .string("'id-at-other' is unknown"))
        }
        // It was asked in its own IDs: in the path, and in each body.
        let asked = home.requests.filter { request in
            request.method != "GET" && !String(decoding: request.body, as: UTF8.self).contains("observer")
        }
        #expect(asked.count == 4)
        for request in asked {
            let text = request.path + String(decoding: request.body, as: UTF8.self)
            #expect(text.contains("id-at-home") && !text.contains("id-at-other"), "\(text)")
        }
        await front.stop()
        await other.stop()
        await home.stop()
    }
}

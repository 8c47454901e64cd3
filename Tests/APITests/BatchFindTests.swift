import TestSupport
import Testing

@Suite(.enabled(if: Recordings.areThere, "the recordings stand beside the project"))
struct BatchFindTests {
    private static let path = "/v4/default/registry/instances/action?type=query"

    private static func body(_ revisions: [String]) -> [UInt8] {
        Array(
            """
            {"services":[{"service":{"appId":"shop","serviceName":"cart","version":"0+"},"rev":"\(revisions[0])"},
            {"service":{"appId":"shop","serviceName":"nope","version":"0+"}}],
            "instances":[{"instance":{"serviceId":"a2e1b672914460a33027f59aedbdece6722eb16b",
            "instanceId":"2246ab0ee65611f1b838fa33dc6e206f"},"rev":"\(revisions[1])"}]}
            """.utf8)
    }

    @Test("what a batch gave is not given again to a client that sends its revisions")
    func revisions() async throws {
        let upstream = try await Upstreams.serving("dump-sc-1.json")
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        let first = try await registry.ask("POST", BatchFindTests.path, body: BatchFindTests.body(["", ""]))
        let revisions = try ["services", "instances"].map { list in
            try #require(first.json?[list]?["updated"]?.elements.first?["rev"]?.text)
        }
        let single = try await registry.ask(
            "GET", "/v4/default/registry/instances?appId=shop&serviceName=cart&version=0%2B")
        #expect(single.header("X-Resource-Revision") == revisions[0])
        let second = try await registry.ask("POST", BatchFindTests.path, body: BatchFindTests.body(revisions))
        #expect(second.json?["services"]?["notModified"] == .array([.number(0)]))
        #expect(second.json?["services"]?["updated"] == nil)
        #expect(second.json?["services"]?["failed"]?.elements.first?["indexes"] == .array([.number(1)]))
        #expect(second.json?["instances"]?["notModified"] == .array([.number(0)]))
        await registry.stop()
        await upstream.stop()
    }

    @Test("a batch establishes who hears of whom, as a find does")
    func relation() async throws {
        let upstream = try await Upstreams.serving("dump-sc-1.json")
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        let reader = "c9773af34754846439cac7c6fee98dafcee30331"
        let path = "/v4/default/registry/microservices/\(reader)/providers"
        #expect(try await registry.ask("GET", path).text == "{}")
        let body = #"{"services":[{"service":{"appId":"default","serviceName":"SERVICECENTER","version":"0+"}}]}"#
        #expect(
            try await registry.ask(
                "POST", BatchFindTests.path, headers: ["X-ConsumerId": reader], body: Array(body.utf8)
            ).status == 200)
        // The shared microservice makes no relation, a microservice of one's own application does.
        #expect(try await registry.ask("GET", path).text == "{}")
        let web = "409571f2b5b8b1efb2f110680607664311040ead"
        let billing = #"{"services":[{"service":{"appId":"shop","serviceName":"billing","version":"latest"}}]}"#
        _ = try await registry.ask(
            "POST", BatchFindTests.path, headers: ["X-ConsumerId": web], body: Array(billing.utf8))
        let providers = try await registry.ask("GET", "/v4/default/registry/microservices/\(web)/providers")
        #expect(providers.text.contains("billing"))
        await registry.stop()
        await upstream.stop()
    }

    @Test("the old paths answer as the new ones do")
    func versionThree() async throws {
        let upstream = try await Upstreams.serving("dump-sc-1.json")
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        for path in ["microservices", "health", "instances?appId=shop&serviceName=cart&version=latest"] {
            let new = try await registry.ask("GET", "/v4/default/registry/\(path)")
            let old = try await registry.ask("GET", "/registry/v3/\(path)")
            #expect(old.status == 200)
            #expect(old.json?.asSets == new.json?.asSets)
        }
        await registry.stop()
        await upstream.stop()
    }
}

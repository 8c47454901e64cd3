import Locks
import TestSupport
import Testing
import Topology

/// A home that has taken a write, but answers its next reads as if it had not, or not at all.
@Suite("A home that lags behind itself")
struct LaggingHomeTests {
    enum Fault: CaseIterable { case stale, failing }

    struct Write: Sendable, CustomTestStringConvertible {
        var method = "PUT"
        let path: String
        var body = ""
        /// What shows it.
        let read: String
        var testDescription: String { "\(method) \(path)" }
    }

    private static let cart = "/microservices/cart-id"
    private static let dependencies = """
        {"dependencies":[{"consumer":
        {"appId":"shop","serviceName":"cart","version":"1.0.0","environment":"development"},
        "providers":[{"appId":"shop","serviceName":"stock","version":"1.0.0+"}]}]}
        """
    private static let rule = #"{"ruleType":"BLACK","attribute":"ServiceName","pattern":"^b$","description":"d"}"#
    private static let schema = #"{"schemaId":"api","schema":"text 2","summary":"s2"}"#
    private static let writes = [
        Write(method: "POST", path: cart + "/tags", body: #"{"tags":{"c":"d"}}"#, read: cart + "/tags"),
        Write(method: "POST", path: cart + "/tags", body: "{}", read: cart + "/tags"),
        Write(path: cart + "/tags/a?value=other", read: cart + "/tags"),
        Write(method: "DELETE", path: cart + "/tags/a", read: cart + "/tags"),
        Write(method: "POST", path: cart + "/rules", body: #"{"rules":[\#(rule)]}"#, read: cart + "/rules"),
        Write(path: cart + "/rules/RULE", body: rule, read: cart + "/rules"),
        Write(method: "DELETE", path: cart + "/rules/RULE", read: cart + "/rules"),
        Write(path: cart + "/schemas/api", body: #"{"schema":"t","summary":"s2"}"#, read: cart + "/schemas"),
        Write(path: cart + "/schemas/new", body: #"{"schema":"t"}"#, read: cart),
        Write(method: "POST", path: cart + "/schemas", body: #"{"schemas":[\#(schema)]}"#, read: cart + "/schemas"),
        Write(method: "DELETE", path: cart + "/schemas/api", read: cart + "/schemas"),
        Write(path: "/dependencies", body: dependencies, read: cart + "/providers"),
        Write(method: "POST", path: "/dependencies", body: dependencies, read: cart + "/providers"),
        Write(path: cart + "/properties", body: #"{"properties":{"e":"f"}}"#, read: cart),
        Write(method: "DELETE", path: cart + "?force=1", read: cart),
        Write(
            method: "POST", path: "/microservices", body: #"{"service":{"serviceName":"new","serviceId":"new-id"}}"#,
            read: "/microservices/new-id"),
        Write(path: cart + "/instances/one/status?value=DOWN", read: cart + "/instances/one"),
        Write(method: "DELETE", path: cart + "/instances/one", read: cart + "/instances"),
    ]

    /// A registry with `cart`, and everything that a microservice may have; gives the ID of its rule.
    private static func prepare(_ registry: LiveRegistry) async throws -> String {
        func ask(_ method: String, _ path: String, _ body: String) async throws -> LiveRegistry.Answer {
            let answer = try await registry.ask(method, prefix + path, body: Array(body.utf8))
            #expect(answer.status == 200, "\(path): \(answer.text)")
            return answer
        }
        for name in ["cart", "stock"] {
            let service = """
                {"service":{"serviceId":"\(name)-id","appId":"shop","serviceName":"\(name)","version":"1.0.0",
                "environment":"development","properties":{"p":"q"}},"tags":{"a":"b"}}
                """
            _ = try await ask("POST", "/microservices", service)
        }
        let instance = #"{"instance":{"instanceId":"one","hostName":"h","endpoints":["rest://h:1"]}}"#
        _ = try await ask("POST", cart + "/instances", instance)
        _ = try await ask("PUT", cart + "/schemas/api", #"{"schema":"text","summary":"s1"}"#)
        _ = try await ask("PUT", cart + "/schemas/old", #"{"schema":"text","summary":"o"}"#)
        let first = rule.replacing("^b$", with: "^a$")
        let rules = try await ask("POST", cart + "/rules", #"{"rules":[\#(first)]}"#)
        return rules.json?["RuleIds"]?.elements.first?.text ?? ""
    }

    private static let prefix = "/v4/default/registry"

    @Test(
        "is read again until it shows what it has taken, so that the next read knows it", arguments: writes,
        Fault.allCases)
    func untilShown(_ write: Write, _ fault: Fault) async throws {
        let real = try await Upstreams.embedded("real")
        let rule = try await LaggingHomeTests.prepare(real)
        func dump() async throws -> [UInt8] { try await real.ask("GET", "/v4/default/admin/dump").body }
        let path = LaggingHomeTests.prefix + write.path.replacing("RULE", with: rule)
        let before = try await dump()
        let taken = try await real.ask(write.method, path, body: Array(write.body.utf8))
        #expect(taken.status == 200, "\(taken.text)")
        let after = try await dump()
        let expected = try await real.ask("GET", LaggingHomeTests.prefix + write.read)

        /// How many more reads are wrong once it was written; nil before.
        let lag = Mutex<Int?>(nil)
        let home = try await ScriptedServer.start { request in
            guard request.path.contains("/dump") else {
                lag.withLock { $0 = 2 }
                return .respond(status: taken.status, body: taken.body)
            }
            return lag.withLock { lag in
                guard let left = lag else { return .respond(body: before) }
                guard left > 0 else { return .respond(body: after) }
                lag = left - 1
                return fault == .stale ? .respond(body: before) : .respond(status: 500)
            }
        }
        let front = try await LiveRegistry.start(
            Topology.parse(
                """
                home: home
                sources:
                  - name: home
                    plugin: servicecenter
                    settings: {endpoints: ["\(home.url)"], interval: 1h, observe: off}
                """, file: "front"))
        #expect(try await front.ask(write.method, path, body: Array(write.body.utf8)).status == 200)
        let shown = try await front.ask("GET", LaggingHomeTests.prefix + write.read)
        #expect(shown.status == expected.status)
        #expect(shown.json == expected.json, "\(shown.text)")
        await front.stop()
        await home.stop()
        await real.stop()
    }

    @Test("and goes away for good once it has taken a write holds up nobody: the write is answered as it was taken")
    func neverShown() async throws {
        let real = try await Upstreams.embedded("real")
        _ = try await LaggingHomeTests.prepare(real)
        let dump = try await real.ask("GET", "/v4/default/admin/dump").body
        let isWritten = Mutex(false)
        let home = try await ScriptedServer.start { request in
            guard !request.path.contains("/dump") else {
                return isWritten.withLock { $0 } ? .respond(status: 500) : .respond(body: dump)
            }
            isWritten.withLock { $0 = true }
            return .respond()
        }
        let front = try await LiveRegistry.start(
            Topology.parse(
                """
                home: home
                sources:
                  - name: home
                    plugin: servicecenter
                    settings: {endpoints: ["\(home.url)"], interval: 1h, observe: off}
                """, file: "front"))
        let tags = LaggingHomeTests.prefix + LaggingHomeTests.cart + "/tags"
        #expect(try await front.ask("POST", tags, body: Array(#"{"tags":{"c":"d"}}"#.utf8)).status == 200)
        #expect(try await front.ask("GET", tags).text == #"{"tags":{"a":"b"}}"#)
        await front.stop()
        await home.stop()
        await real.stop()
    }
}

import TestSupport
import Testing
import Topology

/// Every recorded write to `sc-1`, sent over real connections to Mainstem with an embedded home, and to one that
/// forwards to it.
@Suite(.enabled(if: Recordings.areThere, "the recordings stand beside the project"))
struct RecordedWritesTests {
    /// What is asked, over which home.
    private struct World {
        let far: LiveRegistry
        let front: LiveRegistry?
        /// Our IDs by the recorded ones.
        var ids: [String: String] = [:]
        var asked: LiveRegistry { front ?? far }

        init(isForwarded: Bool) async throws {
            let home = "home: far\nsources:\n  - name: far\n    plugin: "
            far = try await LiveRegistry.start(Topology.parse(home + "local\n", file: "far"))
            guard isForwarded else {
                front = nil
                return
            }
            let settings = "settings: {endpoints: [\"http://\(far.address)\"], interval: 1h}"
            front = try await LiveRegistry.start(
                Topology.parse(home + "servicecenter\n    \(settings)\n", file: "front"))
        }

        func end() async {
            await front?.stop()
            await far.stop()
        }

        /// Sends what was recorded, with our IDs, and notes the IDs in the answer.
        mutating func replay(_ exchange: Recordings.Exchange) async throws -> LiveRegistry.Answer {
            let body = exchange.request.body.flatMap { $0 == .null ? nil : String(decoding: $0.bytes, as: UTF8.self) }
            let answer = try await asked.ask(
                exchange.request.method, ours(exchange.request.path), headers: exchange.request.headers,
                body: body.map { Array(ours($0).utf8) })
            let recorded = JSONValue(parsing: exchange.response.body.utf8)
            for member in ["serviceId", "instanceId"] {
                if let theirs = recorded?[member]?.text { ids[theirs] = answer.json?[member]?.text }
            }
            for (theirs, own) in zip(recorded?["RuleIds"]?.elements ?? [], answer.json?["RuleIds"]?.elements ?? []) {
                if let id = theirs.text { ids[id] = own.text }
            }
            return answer
        }

        private func ours(_ text: String) -> String {
            ids.reduce(text) { $0.replacing($1.key, with: $1.value) }
        }
    }

    @Test("the recorded writes are answered as the real one answered them", arguments: [false, true])
    func writes(isForwarded: Bool) async throws {
        var world = try await World(isForwarded: isForwarded)
        let exchanges = try Recordings.exchanges("5-writes-sc-1.json")
        for exchange in exchanges { compare(try await world.replay(exchange), exchange) }
        #expect(exchanges.count == 32)
        #expect(world.ids.count == 4)
        await world.end()
    }

    @Test(
        "what the recorded setup built is there, and the writes after it are answered alike", arguments: [false, true])
    func setup(isForwarded: Bool) async throws {
        var world = try await World(isForwarded: isForwarded)
        var compared = 0
        for exchange in try Recordings.exchanges("0-setup.json") where exchange.target == "sc-1" {
            compare(try await world.replay(exchange), exchange)
            compared += 1
        }
        #expect(compared > 30)
        try await compareDumps(world)
        for exchange in try Recordings.exchanges("5-writes-sc-1.json") {
            compare(try await world.replay(exchange), exchange)
        }
        await world.end()
    }

    private func compare(_ answer: LiveRegistry.Answer, _ exchange: Recordings.Exchange) {
        let comment = Comment(rawValue: "\(exchange.label): \(answer.status) \(answer.text)")
        #expect(answer.status == exchange.response.status, comment)
        for header in ["Content-Type", "X-Response-Status"] {
            #expect(answer.header(header) == exchange.response.headers[header], comment)
        }
        let recorded = JSONValue(parsing: exchange.response.body.utf8)
        guard let code = recorded?["errorCode"] else {
            #expect(answer.json?.shape == recorded?.shape, comment)
            if recorded == nil { #expect(answer.text == exchange.response.body, comment) }
            return
        }
        #expect(answer.json?["errorCode"] == code, comment)
        // What is wrong with text that is no JSON is said in the words of the parser.
        guard exchange.label != "register bad json" else { return }
        #expect(answer.json == recorded, comment)
    }

    /// Compares what was built with the recorded dump: everything but times, and what the real server says of itself.
    private func compareDumps(_ world: World) async throws {
        let ours = try await world.asked.ask("GET", "/v4/default/admin/dump").json?["cache"]
        let theirs = JSONValue(parsing: try Recordings.data("dump-sc-1.json"))?["cache"]
        for table in ["services", "instances", "serviceRules", "serviceTags", "summaries"] {
            let own = (ours?[table]?.elements ?? []).filter { $0["value"]?["serviceName"]?.text != "SERVICECENTER" }
            let real = theirs?[table]?.elements ?? []
            let expected = real.map { $0["value"] ?? .null }.filter { $0["serviceName"]?.text != "SERVICECENTER" }
                .filter { $0["version"]?.text != "1.4.8" }.map { $0.timeless(world.ids).description }
            #expect(own.map { ($0["value"] ?? .null).timeless([:]).description }.sorted() == expected.sorted())
            #expect(!expected.isEmpty)
        }
    }
}

extension JSONValue {
    /// Members and the types of values; arrays are what is in them.
    fileprivate var shape: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "text"
        case .array(let values): "[\(Set(values.map(\.shape)).sorted().joined(separator: ","))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\($0):\($1.shape)" }.joined(separator: ","))}"
        }
    }

    /// The same without times, and with other IDs.
    fileprivate func timeless(_ ids: [String: String]) -> JSONValue {
        switch self {
        case .string(let text): .string(ids[text] ?? text)
        case .array(let values): .array(values.map { $0.timeless(ids) })
        case .object(let members):
            .object(
                members.filter { $0.key != "timestamp" && $0.key != "modTimestamp" }
                    .mapValues { $0.timeless(ids) })
        default: self
        }
    }
}

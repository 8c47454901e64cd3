import API
import Foundation
import TestSupport
import Testing
import Topology

/// Every recorded read that the read API covers, asked of Mainstem over the dump of the server that answered it.
@Suite(.enabled(if: Recordings.areThere, "the recordings stand beside the project"))
struct RecordedReadsTests {
    /// How an answer is compared.
    private enum Treatment {
        case equal
        /// Only the status and the members' names are compared.
        case shape
        case differsOnPurpose
    }

    private static let isAboutUs = "find shared SERVICECENTER"

    private static func treatment(_ exchange: Recordings.Exchange) -> Treatment {
        let bare = String(exchange.request.path.prefix { $0 != "?" })
        // Clients ask for readiness; this version of the real one does not have it. Revisions are opaque.
        let differing = ["find version double-encoded", "batch find with revs"]
        if differing.contains(exchange.label) || bare.hasSuffix("/readiness") { return .differsOnPurpose }
        // Health names ourselves.
        let ours = ["/health", "/admin/clusters", "/version"]
        if ours.contains(where: bare.hasSuffix) || exchange.label == isAboutUs { return .shape }
        return .equal
    }

    @Test(
        "the recorded reads are answered as the real one answered them, as sets",
        arguments: [("1-reads-sc-1.json", "dump-sc-1.json"), ("2-reads-sc-2.json", "dump-sc-2.json")])
    func replay(reads: String, dump: String) async throws {
        let upstream = try await Upstreams.serving(dump, schemas: reads)
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        // The real server remembers only a consumer's last look-up of each provider, we remember all of them. Who
        // depends on whom is therefore asked where nobody looked anything up: there the recorded dump alone tells.
        let quiet = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        var compared = 0
        for exchange in try Recordings.exchanges(reads) {
            let treatment = RecordedReadsTests.treatment(exchange)
            guard treatment != .differsOnPurpose else { continue }
            let isAboutDependencies = exchange.request.path.contains("/govern/")
            try await compare(exchange, isAboutDependencies ? quiet : registry, treatment)
            compared += 1
        }
        #expect(compared >= 98)
        await quiet.stop()
        await registry.stop()
        await upstream.stop()
    }

    private func compare(
        _ exchange: Recordings.Exchange, _ registry: LiveRegistry, _ treatment: Treatment
    ) async throws {
        var path = exchange.request.path
        if exchange.label == "find with current rev" {
            // Revisions are opaque: the current one is ours.
            let current = try await registry.ask("GET", path, headers: exchange.request.headers)
            let revision = try #require(current.header("X-Resource-Revision"))
            path = path.replacing(/rev=.*$/, with: "rev=\(revision)")
        }
        guard exchange.request.method != "PATCH" else { return }
        let answer = try await registry.ask(
            exchange.request.method, path, headers: exchange.request.headers, body: exchange.request.body?.bytes)
        let comment = Comment(rawValue: "\(exchange.label): \(answer.text)")
        #expect(answer.status == exchange.response.status, comment)
        let recorded = exchange.response.headers
        #expect(answer.header("Content-Type") == recorded["Content-Type"], comment)
        if let revision = recorded["X-Resource-Revision"] {
            #expect((answer.header("X-Resource-Revision")?.isEmpty ?? true) == revision.isEmpty, comment)
        }
        let expected = JSONValue(parsing: exchange.response.body.utf8)
        if treatment == .shape {
            #expect(answer.json != nil, comment)
        } else if expected == nil {
            #expect(answer.text.trimmed == exchange.response.body.trimmed, comment)
        } else {
            #expect(answer.json?.comparable == expected?.comparable, comment)
        }
    }

    @Test("the double-encoded version that one client sends is taken for what it means")
    func doubleEncoded() async throws {
        let upstream = try await Upstreams.serving("dump-sc-1.json")
        let registry = try await LiveRegistry.start(Upstreams.topology([("sc-1", upstream)]))
        let path = "/v4/default/registry/instances?appId=shop&serviceName=cart&version="
        let plain = try await registry.ask("GET", path + "0%2B")
        let double = try await registry.ask("GET", path + "0%252B")
        #expect(double.status == 200)
        #expect(double.json?.asSets == plain.json?.asSets)
        await registry.stop()
        await upstream.stop()
    }

    @Test("a find across both recorded registries gives the union under one ID")
    func union() async throws {
        let (first, second) = (
            try await Upstreams.serving("dump-sc-1.json"), try await Upstreams.serving("dump-sc-2.json")
        )
        let registry = try await LiveRegistry.start(
            Upstreams.topology([("sc-1", first), ("sc-2", second)]))
        for exchange in try Recordings.exchanges("3-reads-aggregator.json")
        where exchange.label.hasPrefix("find") && exchange.response.status == 200
            && !["find version double-encoded", RecordedReadsTests.isAboutUs].contains(exchange.label)
        {
            let answer = try await registry.ask("GET", exchange.request.path, headers: exchange.request.headers)
            let expected = JSONValue(parsing: exchange.response.body.utf8)
            #expect(answer.json?.asSets == expected?.asSets, Comment(rawValue: exchange.label))
        }
        await registry.stop()
        await first.stop()
        await second.stop()
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension JSONValue {
    /// The same without what is opaque (revisions) or left out (texts of schemas in lists), arrays as sets.
    fileprivate var comparable: JSONValue { without(["rev"]).asSets }

    private func without(_ names: Set<String>) -> JSONValue {
        switch self {
        case .array(let values): .array(values.map { $0.without(names) })
        case .object(let members):
            .object(members.filter { !names.contains($0.key) }.mapValues { $0.without(names) })
        default: self
        }
    }
}

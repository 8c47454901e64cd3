import Foundation
import Testing

@Suite("docs/topology.md") struct TopologyKeyTests {
    /// Where the keys stand that a type reads: before the name of a key, as the tables write it.
    private static let places = [
        "Topology": "", "ServerDeclaration": "server.", "ServerLimits": "server.limits.",
        "StartDeclaration": "server.start.", "StaleDeclaration": "sources.stale.",
        "QuarantineDeclaration": "sources.quarantine.", "DampingDeclaration": "sources.damping.",
        "SourceDeclaration": "sources.", "Datacenter": "sources.datacenter.",
        "MergeDeclaration": "merge.", "MergeList": "merge.sources.", "MicroserviceCondition": "sources.include.",
        "RenameDeclaration": "sources.rename.",
        "EndpointRewrite": "sources.rewrite.",
        "ServiceCenterSettings": "servicecenter ", "LocalSettings": "local ",
        "UpstreamAccess": "servicecenter ", "UpstreamTLS": "servicecenter tls.",
        "UpstreamCredentials": "servicecenter token.",
    ]

    @Test("has exactly one row for each key that the code reads, and none for a key that nobody reads")
    func keys() throws {
        var read: [String] = []
        for file in try Project.swiftFiles(in: "Sources/Topology", "Sources/Discovery") {
            let calls = file.text.matches(of: /\.(?:optional|required)\w+\(\s*"(\w+)"/).map { String($0.1) }
            let lists = file.text.matches(of: /UpstreamEndpoint\.list\(from: &\w+, key: "(\w+)"/).map { String($0.1) }
            guard !(calls + lists).isEmpty else { continue }
            let place = try #require(TopologyKeyTests.places[file.typeName], "say where \(file.path) reads its keys")
            read += (calls + lists).map { place + $0 }
        }
        #expect(read.count >= 20)
        let tables = try Project.page("docs/topology.md").tables(of: "key", "kind")
        let rows = tables.flatMap { table in
            let plugin = table.introduction.firstMatch(of: /settings of `plugin: (\w+)`/).map { "\($0.1) " } ?? ""
            return table.column("key").map { plugin + $0 }
        }
        #expect(rows.sorted() == read.sorted())
    }
}

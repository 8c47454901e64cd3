import TestSupport
import Topology

/// Upstreams that answer with a recorded dump, and topologies over them.
enum Upstreams {
    /// A server whose dump is this recording; its schemas are those of recorded reads.
    static func serving(_ recording: String, schemas reads: String = "1-reads-sc-1.json") async throws -> ScriptedServer
    {
        let dump = try Recordings.data(recording)
        let schemas = try Recordings.exchanges(reads).filter { $0.request.path.contains("/schemas/") }
        return try await ScriptedServer.start { request in
            guard request.path.contains("/schemas/") else { return .respond(body: dump) }
            let recorded = schemas.first { $0.request.path == request.path }?.response
            return .respond(status: recorded?.status ?? 400, body: Array((recorded?.body ?? "").utf8))
        }
    }

    /// A registry of its own, which takes writes.
    static func embedded(_ name: String) async throws -> LiveRegistry {
        try await LiveRegistry.start(
            Topology.parse("home: \(name)\nsources:\n  - name: \(name)\n    plugin: local\n", file: name))
    }

    /// A registry over another one, which is its source `far`.
    static func registry(over far: LiveRegistry) async throws -> LiveRegistry {
        try await LiveRegistry.start(
            Topology.parse(
                """
                sources:
                  - {name: far, plugin: servicecenter, settings: {endpoints: ["http://\(far.address)"]}}
                """, file: "near"))
    }

    /// These upstreams as `servicecenter` sources, the strongest first, read every 100 ms.
    static func topology(_ upstreams: [(name: String, server: ScriptedServer)]) throws -> Topology {
        let members = upstreams.map { "\($0.name)=\($0.server.url)" }.joined(separator: ",")
        var topology = try Topology.fromManagerCluster(members)
        for index in topology.sources.indices {
            topology.sources[index].settings.override("interval", with: "100ms", origin: "test")
        }
        return topology
    }
}

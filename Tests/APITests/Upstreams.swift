import TestSupport
import Topology

/// Upstreams that answer with a recorded dump, and topologies over them.
enum Upstreams {
    /// A server whose dump is this recording.
    static func serving(_ recording: String) async throws -> ScriptedServer {
        let dump = try Recordings.data(recording)
        return try await ScriptedServer.start { _ in .respond(body: dump) }
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

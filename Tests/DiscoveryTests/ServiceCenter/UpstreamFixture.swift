import Discovery
import Foundation
import Registry
import TestSupport
import Topology

/// Runs a test against a source over servers that answer by scripts, and stops all of them. Its time is long unless the
/// settings say otherwise: a machine with much to do is no failing upstream.
func withSource(
    _ scripts: [ScriptedServer.Script], settings: String = "timeout: 100s", clock: any Timekeeper = SystemTimekeeper(),
    process: String = "", _ test: ([ScriptedServer], any Source) async throws -> Void
) async throws {
    var servers: [ScriptedServer] = []
    for script in scripts { servers.append(try await ScriptedServer.start(script: script)) }
    let transfers = HTTPTransfers()
    let result: Result<Void, any Error>
    do {
        let surroundings = Surroundings(transfers: transfers, clock: clock, process: process)
        let declaration = try declaration("up", endpoints: servers.map(\.url), settings: settings)
        try await test(servers, try ServiceCenterPlugin().makeSource(declaration, surroundings))
        result = .success(())
    } catch {
        result = .failure(error)
    }
    transfers.shutdown()
    for server in servers { await server.stop() }
    try result.get()
}

/// What a topology file declares for a source of these endpoints; `settings` is YAML, like `timeout: 1s, interval: 1s`.
func declaration(_ name: String, endpoints: [String], settings: String) throws -> SourceDeclaration {
    let list = "endpoints: [\(endpoints.joined(separator: ", "))]"
    let text = """
        sources:
          - name: \(name)
            plugin: servicecenter
            settings: {\(settings.isEmpty ? list : list + ", " + settings)}
        """
    return try Topology.parse(text, file: "test.yaml").sources[0]
}

/// What the next read brings that does not time out.
func reading(_ source: any Source) async throws(SourceFailure) -> ToldReading {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
        do throws(SourceFailure) {
            return try await source.read()
        } catch {
            guard case .timedOut = error, ContinuousClock.now < deadline else { throw error }
        }
    }
}

/// A read's failure; nothing when it succeeded.
func failure(of source: any Source) async -> SourceFailure? {
    do throws(SourceFailure) {
        _ = try await source.read()
        return nil
    } catch {
        return error
    }
}

/// These bytes, compressed by the system's gzip.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "mainstem-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Program.output(of: "gzip", ["-c", file.path()]).bytes
}

import Discovery
import TestSupport

/// Runs a test against a server that answers by a script, and stops both ends.
func withServer(
    tls: ServerTLS? = nil, _ script: @escaping ScriptedServer.Script,
    _ test: (ScriptedServer, HTTPTransfers) async throws -> Void
) async throws {
    let server = try await ScriptedServer.start(tls: tls, script: script)
    let transfers = HTTPTransfers()
    do {
        try await test(server, transfers)
    } catch {
        transfers.shutdown()
        await server.stop()
        throw error
    }
    transfers.shutdown()
    await server.stop()
}

/// Asks, reads the whole body, and says why that failed, if it did.
func failure(of request: TransferRequest, _ transfers: HTTPTransfers) async -> TransferFailure? {
    do throws(TransferFailure) {
        _ = try await transfers.start(request).collect()
        return nil
    } catch {
        return error
    }
}

extension TransferFailure {
    /// The failure without what its text or its number says, to compare kinds.
    var kind: String {
        switch self {
        case .unresolvable: "unresolvable"
        case .refused: "refused"
        case .timedOut: "timedOut"
        case .tooLarge: "tooLarge"
        case .broken: "broken"
        case .tls: "tls"
        case .invalidURL: "invalidURL"
        case .cancelled: "cancelled"
        case .stopped: "stopped"
        }
    }
}

/// A body whose bytes depend on where they are.
func patternedBody(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
}

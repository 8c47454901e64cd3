import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A process that may open few files", .timeLimit(.minutes(2)))
struct FileLimitTests {
    @Test("leaves room for its sources: clients that come in crowds do not keep it from reading them")
    func crowd() async throws {
        // Each read needs a connection of its own.
        let body = Array(#"{"cache":{}}"#.utf8)
        let upstream = try await ScriptedServer.start { _ in .respond(headers: [("Connection", "close")], body: body) }
        let limited = "ulimit -n 200; exec \"$0\" serve --listen 127.0.0.1:0 --sources \"$1\" --interval 100ms"
        let process = try MainstemProcess(
            ["-c", limited, MainstemProcess.binary.path(), "north=\(upstream.url)"],
            executable: URL(filePath: "/bin/bash"))
        let address = try await process.address()
        #expect(process.standardError.contains("only 200 files may be open: 100 connections are taken, and not 20000"))
        let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        let crowd = (0..<300).map { _ in Self.connect(port) }
        let before = upstream.requests.count
        try await eventually("the source is read on") { upstream.requests.count > before + 15 }
        #expect(!process.standardError.contains("no connection can be taken"))
        #expect(!process.standardError.contains("source cannot be read"))
        for socket in crowd { close(socket) }
        let transfers = HTTPTransfers()
        let client = RegistryClient(address, transfers)
        try await eventually("clients are let in again") {
            (try? await client.ask("GET", "/mainstem/v1/sources"))?.status == 200
        }
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
        await upstream.stop()
    }

    /// A connection that says nothing, whether it is taken or not.
    private static func connect(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafeBytes(of: &address) { bytes in
            _ = Glibc.connect(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        return descriptor
    }
}

import Discovery
import TestSupport
import Testing

@Suite struct TransferBodyTests {
    @Test func aBodyArrivesWhole() async throws {
        let body = patternedBody(3_000_000)
        try await withServer { _ in
            .respond(body: body)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(try await response.collect() == body)
            #expect(response.bodyBytes == body.count)
            #expect(response.wireBytes == body.count)
        }
    }

    @Test func aChunkedBodyArrivesWhole() async throws {
        let pieces = (1...300).map { patternedBody($0 * 7) }
        try await withServer { _ in
            .chunked(pieces: pieces)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(try await response.collect() == pieces.flatMap(\.self))
        }
    }

    @Test func anEmptyBodyIsWholeAtOnceAndStaysSo() async throws {
        try await withServer { _ in
            .respond(status: 204)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(try await response.nextChunk() == nil)
            #expect(try await response.nextChunk() == nil)
        }
    }

    @Test func gzipIsDecoded() async throws {
        let answer = Self.gzipped(GzippedZeros.small.bytes)
        try await withServer { _ in
            answer
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(try await response.collect() == [UInt8](repeating: 0x30, count: GzippedZeros.small.decodedCount))
            #expect(response.bodyBytes == GzippedZeros.small.decodedCount)
            #expect(response.wireBytes == GzippedZeros.small.bytes.count)
            #expect(server.requests.first?.header("accept-encoding") == "gzip")
        }
    }

    @Test func gzipIsNotOfferedWhenTheRequestDoesNotAcceptIt() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            _ = try await transfers.start(TransferRequest(url: server.url, acceptsCompression: false)).collect()
            #expect(server.requests.first?.header("accept-encoding") == nil)
        }
    }

    @Test func theBoundCountsDecodedBytes() async throws {
        let answer = Self.gzipped(GzippedZeros.small.bytes)
        let size = GzippedZeros.small.decodedCount
        try await withServer { _ in
            answer
        } _: { server, transfers in
            let exact = TransferRequest(url: server.url, maxBodyBytes: size)
            #expect(await failure(of: exact, transfers) == nil)
            let short = TransferRequest(url: server.url, maxBodyBytes: size - 1)
            #expect(await failure(of: short, transfers) == .tooLarge(limit: size - 1))
        }
    }

    @Test func damagedGzipIsBroken() async throws {
        var damaged = GzippedZeros.small.bytes
        damaged[damaged.count - 8] ^= 0xFF
        let answer = Self.gzipped(damaged)
        try await withServer { _ in
            answer
        } _: { server, transfers in
            #expect(await failure(of: TransferRequest(url: server.url), transfers)?.kind == "broken")
        }
    }

    @Test func gzipThatDecodesToAThousandfoldWaitsForASlowReader() async throws {
        let answer = Self.gzipped(GzippedZeros.large.bytes)
        try await withServer { _ in
            answer
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(await ScriptedServer.eventually { response.isPaused })
            var taken = 0
            while let chunk = try await response.nextChunk() { taken += chunk.count }
            #expect(taken == GzippedZeros.large.decodedCount)
        }
    }

    private static func gzipped(_ body: [UInt8]) -> ScriptedAnswer {
        .respond(headers: [("Content-Encoding", "gzip")], body: body)
    }
}

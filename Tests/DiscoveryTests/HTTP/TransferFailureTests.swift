import Discovery
import TestSupport
import Testing

@Suite struct TransferFailureTests {
    @Test func aPortWhereNobodyListensIsRefused() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            await server.stop()
            #expect(await failure(of: TransferRequest(url: server.url), transfers)?.kind == "refused")
        }
    }

    @Test func aNameThatCannotBeIsUnresolvable() async {
        // Longer than a label may be: no name server has to be asked.
        let request = TransferRequest(url: "http://\(String(repeating: "x", count: 64)).invalid/")
        #expect(await failure(of: request, HTTPTransfers())?.kind == "unresolvable")
    }

    @Test func anUpstreamThatNeverAnswersTimesOutAwaitingTheFirstByte() async throws {
        try await withServer { _ in
            .hang
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, timeout: .seconds(2))
            #expect(await failure(of: request, transfers) == .timedOut("the first byte"))
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func anUpstreamThatStopsInTheMiddleTimesOutAwaitingTheRest() async throws {
        try await withServer { _ in
            .headThenHang(partOfBody: [1, 2, 3])
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, timeout: .seconds(2))
            #expect(await failure(of: request, transfers) == .timedOut("the rest, after 3 bytes"))
        }
    }

    @Test func aConnectionThatDoesNotComeAboutTimesOutAwaitingIt() async throws {
        let listener = try SilentListener()
        let request = TransferRequest(url: "https://127.0.0.1:\(listener.port)", connectTimeout: .milliseconds(300))
        #expect(await failure(of: request, HTTPTransfers()) == .timedOut("the connection"))
    }

    @Test func aHeadWithoutEndIsCalledTooLarge() async throws {
        let field = (name: "X-Padding", value: String(repeating: "x", count: 600_000))
        try await withServer { _ in
            .respond(headers: [field])
        } _: { server, transfers in
            let failure = await failure(of: TransferRequest(url: server.url), transfers)
            #expect(failure == .broken("the head of the answer is too large"))
        }
    }

    @Test func aDribblingUpstreamTimesOut() async throws {
        let answer = ScriptedAnswer.dribble(body: patternedBody(10_000), every: .milliseconds(5))
        try await withServer { _ in
            answer
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, timeout: .seconds(2))
            #expect(await failure(of: request, transfers)?.kind == "timedOut")
        }
    }

    @Test func aReaderThatIsTooSlowTimesOut() async throws {
        let piece = patternedBody(65_536)
        try await withServer { _ in
            .endless(piece: piece)
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, timeout: .seconds(2))
            let response = try await transfers.start(request)
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
            let failure = await #expect(throws: TransferFailure.self) { try await response.nextChunk() }
            #expect("\(try #require(failure))".contains("the reader"))
        }
    }

    @Test(arguments: [
        ScriptedAnswer.truncated(body: [1, 2, 3], announced: 4),
        .truncated(body: patternedBody(400_000), announced: 400_001),
        .closeAtOnce,
        .reset,
        .resetAfter(partOfBody: patternedBody(1000)),
        .raw(Array("no HTTP at all\r\n\r\n".utf8)),
        .raw(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc".utf8)),
        .raw(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n".utf8)),
        .raw(Array("HTTP/1.1 200 OK\r\n".utf8)),
    ])
    func aTornAnswerIsBroken(answer: ScriptedAnswer) async throws {
        try await withServer { _ in
            answer
        } _: { server, transfers in
            #expect(await failure(of: TransferRequest(url: server.url), transfers)?.kind == "broken")
        }
    }

    @Test func aFailureStaysTheSameAndDropsWhatWasNotRead() async throws {
        try await withServer { _ in
            .truncated(body: [1, 2, 3], announced: 4)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
            let first = await #expect(throws: TransferFailure.self) { try await response.collect() }
            let second = await #expect(throws: TransferFailure.self) { try await response.nextChunk() }
            #expect(first == second)
        }
    }

    @Test func aBodyOfExactlyTheBoundIsTakenAndOneByteMoreIsTooLarge() async throws {
        try await withServer { _ in
            .respond(body: patternedBody(1000))
        } _: { server, transfers in
            let exact = TransferRequest(url: server.url, maxBodyBytes: 1000)
            #expect(await failure(of: exact, transfers) == nil)
            let short = TransferRequest(url: server.url, maxBodyBytes: 999)
            #expect(await failure(of: short, transfers) == .tooLarge(limit: 999))
        }
    }

    @Test func anEndlessBodyIsTooLarge() async throws {
        let piece = patternedBody(65_536)
        try await withServer { _ in
            .endless(piece: piece)
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, maxBodyBytes: 2_000_000)
            #expect(await failure(of: request, transfers) == .tooLarge(limit: 2_000_000))
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func anEndlessHeadIsBroken() async throws {
        let line = "X-Filler: \(String(repeating: "x", count: 8000))\r\n"
        let head = Array("HTTP/1.1 200 OK\r\n".utf8) + Array(String(repeating: line, count: 40).utf8)
        try await withServer { _ in
            .raw(head)
        } _: { server, transfers in
            #expect(await failure(of: TransferRequest(url: server.url), transfers)?.kind == "broken")
        }
    }

    @Test(arguments: [
        "", "nonsense", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/", "http://h:99999/",
    ])
    func anAddressThatIsNoneIsInvalid(url: String) async {
        #expect(await failure(of: TransferRequest(url: url), HTTPTransfers())?.kind == "invalidURL")
    }

    @Test(arguments: [("X-A", "b\r\nX-Evil: 1"), ("X-A\r\nX-Evil", "1"), ("", "1")])
    func aHeaderWithALineBreakIsNotSent(name: String, value: String) async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            let request = TransferRequest(url: server.url, headers: [(name, value)])
            #expect(await failure(of: request, transfers)?.kind == "invalidURL")
            #expect(server.connections == 0)
        }
    }

    @Test func anUpstreamThatSpeaksNoTLSFailsAsTLS() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            let request = TransferRequest(url: "https://127.0.0.1:\(server.port)")
            #expect(await failure(of: request, transfers)?.kind == "tls")
        }
    }
}

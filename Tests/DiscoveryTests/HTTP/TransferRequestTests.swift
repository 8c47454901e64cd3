import Discovery
import TestSupport
import Testing

@Suite struct TransferRequestTests {
    @Test func statusAndHeadersAreTheUpstreams() async throws {
        let answer = ScriptedAnswer.respond(
            status: 404,
            headers: [("X-Resource-Revision", "  17 "), ("X-Empty", ""), ("x-twice", "a"), ("X-Twice", "b")])
        try await withServer { _ in
            answer
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(response.status == 404)
            #expect(response.header("x-resource-revision") == "17")
            #expect(response.header("X-RESOURCE-REVISION") == "17")
            #expect(response.header("X-Empty")?.isEmpty == true)
            #expect(response.header("X-None") == nil)
            #expect(response.headers.filter { $0.name == "x-twice" }.map(\.value) == ["a", "b"])
        }
    }

    @Test func whatIsAskedArrivesAsItWasWritten() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            let request = TransferRequest(
                url: server.url + "/v4/default/registry?a=b%20c&d",
                headers: [("X-Domain-Name", "default"), ("X-No", "")])
            _ = try await transfers.start(request).collect()
            let seen = try #require(server.requests.first)
            #expect(seen.method == "GET")
            #expect(seen.path == "/v4/default/registry?a=b%20c&d")
            #expect(seen.header("x-domain-name") == "default")
            #expect(seen.header("X-No")?.isEmpty == true)
            #expect(seen.body.isEmpty)
        }
    }

    @Test(arguments: [TransferRequest.Method.put, .post, .delete])
    func aBodyIsSent(method: TransferRequest.Method) async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            // Large enough that curl would ask for leave first.
            let body = patternedBody(2_000_000)
            let type = "application/octet-stream"
            let request = TransferRequest(method, url: server.url, headers: [("Content-Type", type)], body: body)
            #expect(try await transfers.start(request).status == 200)
            let seen = try #require(server.requests.first)
            #expect(seen.method == method.rawValue)
            #expect(seen.body == body)
            #expect(seen.header("content-type") == type)
            #expect(seen.header("expect") == nil)
        }
    }

    @Test(arguments: [TransferRequest.Method.put, .post])
    func aBodyThatIsMissingIsSentAsAnEmptyOne(method: TransferRequest.Method) async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            #expect(try await transfers.start(TransferRequest(method, url: server.url)).status == 200)
            let seen = try #require(server.requests.first)
            #expect(seen.method == method.rawValue)
            #expect(seen.header("content-length") == "0")
            #expect(seen.header("content-type") == nil)
        }
    }

    @Test func aDeleteHasNoBodyOfItsOwn() async throws {
        try await withServer { _ in
            .respond(status: 204)
        } _: { server, transfers in
            let status = try await transfers.start(TransferRequest(.delete, url: server.url)).status
            #expect(status == 204)
            #expect(server.requests.first?.method == "DELETE")
            #expect(server.requests.first?.header("content-length") == nil)
        }
    }

    @Test func aRedirectIsAnAnswerLikeAnyOther() async throws {
        try await withServer { _ in
            .respond(status: 302, headers: [("Location", "/elsewhere")])
        } _: {
            server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(response.status == 302)
            #expect(response.header("location") == "/elsewhere")
            #expect(server.requests.count == 1)
        }
    }

    @Test func anInterimHeadIsSkipped() async throws {
        let bytes = Array(
            ("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Late: 1\r\n\r\nok").utf8)
        try await withServer { _ in
            .raw(bytes)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(response.status == 200)
            #expect(response.header("x-early") == nil)
            #expect(response.header("x-late") == "1")
            #expect(try await response.collect() == Array("ok".utf8))
        }
    }
}

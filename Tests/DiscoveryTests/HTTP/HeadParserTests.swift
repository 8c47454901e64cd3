import Testing

@testable import Discovery

@Suite struct HeadParserTests {
    @Test func aHeadIsDoneAtItsEmptyLine() throws {
        let head = try #require(parse("HTTP/2 200 \r\n", "ETag: \"a:b\"\r\n", "X-Empty:\r\n", "\r\n").head)
        #expect(head.status == 200)
        #expect(head.headers.map(\.name) == ["etag", "x-empty"])
        #expect(head.headers.map(\.value) == ["\"a:b\"", ""])
    }

    @Test func theLastHeadCountsAndInterimOnesDoNot() throws {
        let lines = [
            "HTTP/1.1 100 Continue\r\n", "X-A: 1\r\n", "\r\n", "HTTP/1.1 201 Created\r\n", "X-B: 2\r\n", "\r\n",
        ]
        let head = try #require(parse(lines).head)
        #expect(head.status == 201)
        #expect(head.headers.map(\.name) == ["x-b"])
    }

    @Test func aLineThatStartsWithABlankContinuesTheOneBefore() throws {
        let head = try #require(parse("HTTP/1.1 200 OK\r\n", "X-A: one\r\n", "\t two \r\n", "\r\n").head)
        #expect(head.headers.map(\.value) == ["one two"])
    }

    @Test func trailersAreDropped() {
        var parser = HeadParser()
        for line in ["HTTP/1.1 200 OK\r\n", "\r\n"] { _ = parser.consume(line) }
        for line in ["X-Trailer: 1\r\n", "\r\n"] {
            guard case .more = parser.consume(line) else { Issue.record("a trailer was taken for a head"); return }
        }
    }

    @Test(arguments: ["HTTP/1.1\r\n", "HTTP/1.1 abc OK\r\n", "HTTP/1.1 42 OK\r\n", "no colon\r\n", " blank\r\n"])
    func whatIsNoHeadIsRefused(line: String) {
        #expect(parse(line).isRefused)
    }

    @Test func headsWithoutEndAreRefused() {
        let interim = ["HTTP/1.1 103 Early\r\n", "X-A: \(String(repeating: "x", count: 1000))\r\n", "\r\n"]
        #expect(parse(Array(repeating: interim, count: 300).flatMap(\.self)).isRefused)
    }

    /// The first step that is more than "go on".
    private func parse(_ lines: [String]) -> HeadParser.Step {
        var parser = HeadParser()
        for line in lines {
            let step = parser.consume(line)
            if case .more = step { continue }
            return step
        }
        return .more
    }

    private func parse(_ lines: String...) -> HeadParser.Step { parse(lines) }
}

extension HeadParser.Step {
    fileprivate var head: TransferHead? {
        if case .head(let head) = self { head } else { nil }
    }

    fileprivate var isRefused: Bool {
        if case .refused = self { true } else { false }
    }
}

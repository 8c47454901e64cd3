import Testing

@testable import Discovery

@Suite("The answer to a handshake")
struct HandshakeAnswerTests {
    private static let key = WebSocketKey(text: "dGhlIHNhbXBsZSBub25jZQ==")

    /// What becomes of an answer that comes in pieces of so many bytes.
    private static func outcome(_ text: String, pieces: Int = 1_000, isEnd: Bool = false) -> HandshakeAnswer.Outcome {
        var answer = HandshakeAnswer(to: key)
        var rest = Array(text.utf8)[...]
        while true {
            let piece = rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            let outcome = answer.take(piece, isEnd: isEnd && rest.isEmpty)
            if outcome != .incomplete || rest.isEmpty { return outcome }
        }
    }

    private static let good =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
        + "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

    @Test("is known by the key that was sent, as the example in RFC 6455")
    func accepted() {
        #expect(Self.key.acceptance == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(Self.outcome(Self.good, pieces: 1) == .upgraded(rest: []))
        #expect(Self.outcome(Self.good + "ab") == .upgraded(rest: Array("ab".utf8)))
        #expect(Self.outcome(String(Self.good.dropLast(2))) == .incomplete)
    }

    @Test("to another handshake, or of another protocol, is none")
    func malformed() {
        #expect(Self.outcome(Self.good.replacing("xOo", with: "xOa")) == .malformed("it is not to this handshake"))
        #expect(
            Self.outcome(Self.good.replacing("WebSocket", with: "h2c")) == .malformed("it is not to this handshake"))
        #expect(Self.outcome("SSH-2.0-OpenSSH_9.2\r\n\r\n") == .malformed("no HTTP"))
        #expect(Self.outcome(String(repeating: "x", count: 20_000)) == .malformed("the head is too long"))
    }

    @Test("that says no has its status and the first line of its body", arguments: [1, 7, 1_000])
    func refused(pieces: Int) {
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: "
        #expect(Self.outcome(head + "0\r\n\r\n", pieces: pieces) == .refused(status: 403, ""))
        #expect(Self.outcome(head + "5\r\n\r\nno\nx", pieces: pieces) == .refused(status: 403, "no"))
        #expect(Self.outcome(head + "2\r\n\r\nno", pieces: pieces) == .refused(status: 403, "no"))
        #expect(Self.outcome(head + "3\r\n\r\nno", pieces: pieces) == .incomplete)
        #expect(Self.outcome(head + "3\r\n\r\nno", pieces: pieces, isEnd: true) == .refused(status: 403, "no"))
        let chunked = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(Self.outcome(chunked, pieces: pieces) == .incomplete)
        #expect(Self.outcome(chunked + "4\r\nno\r\n\r\n", pieces: pieces) == .refused(status: 404, "no"))
    }
}

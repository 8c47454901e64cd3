/// An answer as steps: bytes to be sent one after the other, and what comes after them.
struct AnswerPlan {
    enum Ending {
        case keepOpen
        case hang
        case close
        case reset
    }

    /// The bytes of the next step, or nothing when all were sent.
    var next: () -> [UInt8]?
    /// How long to wait before each step but the first.
    var interval: Duration?
    var ending: Ending

    init(_ answer: ScriptedAnswer) {
        switch answer {
        case .respond(let status, let headers, let body):
            self.init([Self.head(status, headers, length: body.count) + body])
        case .chunked(let status, let headers, let pieces):
            // One at a time: all of a large body is not copied at once.
            var rest = pieces.makeIterator()
            var last: [UInt8]? = Array("0\r\n\r\n".utf8)
            self.init([Self.head(status, headers, length: nil)]) {
                if let piece = rest.next() { return Self.chunk(piece) }
                defer { last = nil }
                return last
            }
        case .hang: self.init([], .hang)
        case .headThenHang(let status, let headers, let part):
            self.init([Self.head(status, headers, length: part.count + 1000) + part], .hang)
        case .truncated(let status, let headers, let body, let announced):
            self.init([Self.head(status, headers, length: announced) + body], .close)
        case .closeAtOnce: self.init([], .close)
        case .reset: self.init([], .reset)
        case .resetAfter(let status, let headers, let part):
            self.init([Self.head(status, headers, length: part.count + 1000) + part], .reset)
        case .endless(let status, let headers, let piece):
            let chunk = Self.chunk(piece)
            self.init([Self.head(status, headers, length: nil)]) { chunk }
        case .dribble(let status, let headers, let body, let interval):
            self.init([Self.head(status, headers, length: body.count)] + body.map { [$0] })
            self.interval = interval
        case .raw(let bytes): self.init([bytes], .close)
        case .later(_, let answer): self.init(answer)
        case .webSocket: self.init([Self.head(400, [], length: 0)])
        }
    }

    private init(
        _ steps: [[UInt8]],
        _ ending: Ending = .keepOpen,
        then more: @escaping () -> [UInt8]? = { nil }
    ) {
        var rest = steps.makeIterator()
        next = { rest.next() ?? more() }
        self.ending = ending
    }

    /// - Parameter length: of the body in bytes; without one, it comes in chunks.
    private static func head(_ status: Int, _ headers: ScriptedAnswer.Headers, length: Int?) -> [UInt8] {
        let framing = length.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked"
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("HTTP/1.1 \(status) Scripted\r\n\(framing)\r\n\(lines)\r\n".utf8)
    }

    private static func chunk(_ piece: [UInt8]) -> [UInt8] {
        Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
    }
}

/// A server's answer to a WebSocket's handshake, as far as it has come. Pure.
/// Rule: RFC 6455, section 4.1.
struct HandshakeAnswer {
    enum Outcome: Equatable {
        /// More has to come.
        case incomplete
        /// The WebSocket stands; what came behind the answer belongs to it.
        case upgraded(rest: [UInt8])
        /// A whole answer that says no: its status, and the first line of its body.
        case refused(status: Int, String)
        /// No answer to a handshake: what is wrong with it.
        case malformed(String)
    }

    private static let maxHeadBytes = 16 << 10
    private static let maxLineBytes = 512

    private let acceptance: String
    private var bytes: [UInt8] = []

    init(to key: WebSocketKey) { acceptance = key.acceptance }

    /// Takes the next bytes. `isEnd` says that none will follow.
    mutating func take(_ more: some Sequence<UInt8>, isEnd: Bool = false) -> Outcome {
        bytes += more
        guard let end = endOfHead else {
            return bytes.count > HandshakeAnswer.maxHeadBytes ? .malformed("the head is too long") : .incomplete
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return .malformed("no HTTP")
        }
        let fields = lines.dropFirst().map { HandshakeAnswer.field($0) }
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        guard status == 101 else {
            let isChunked = value("transfer-encoding")?.lowercased() == "chunked"
            let body = HandshakeAnswer.line(
                bytes[end...], skipping: isChunked ? 1 : 0, of: value("content-length").flatMap { Int($0) },
                isEnd: isEnd)
            return body.map { .refused(status: status, $0) } ?? .incomplete
        }
        guard value("upgrade")?.lowercased() == "websocket", value("sec-websocket-accept") == acceptance else {
            return .malformed("it is not to this handshake")
        }
        return .upgraded(rest: Array(bytes[end...]))
    }

    /// The index behind the empty line.
    private var endOfHead: Int? {
        let end = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: end) }.map { $0 + end.count }
    }

    private static func field(_ line: Substring) -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
        return (parts[0].lowercased(), String(value))
    }

    /// The first line of a body, once it is there; nil while more of it is to come.
    private static func line(
        _ body: ArraySlice<UInt8>, skipping skipped: Int, of length: Int?, isEnd: Bool
    ) -> String? {
        let lines = body.split(separator: UInt8(ascii: "\n"), maxSplits: skipped + 1, omittingEmptySubsequences: false)
        let isWhole = isEnd || lines.count > skipped + 1 || body.count >= min(length ?? .max, maxLineBytes)
        guard isWhole else { return nil }
        let line = lines.count > skipped ? lines[skipped] : []
        return String(decoding: line.prefix(maxLineBytes).filter { $0 >= 0x20 }, as: UTF8.self)
    }
}

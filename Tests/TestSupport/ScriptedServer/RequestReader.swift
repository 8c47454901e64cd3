/// Cuts requests from what a connection received: a head up to its empty line, and a body of `Content-Length` bytes.
struct RequestReader {
    private var received: [UInt8] = []

    /// Whether this is no HTTP, but say TLS: nothing here understands it.
    var isForeign: Bool { received.first.map { !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? false }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        received.append(contentsOf: bytes)
    }

    /// The next request, once all of it is there.
    mutating func next(connection: Int) -> RecordedRequest? {
        guard let headEnd = endOfHead() else { return nil }
        let lines = String(decoding: received[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard received.count >= headEnd + length else { return nil }
        let body = Array(received[headEnd..<headEnd + length])
        received.removeFirst(headEnd + length)
        return RecordedRequest(
            method: String(words[0]), path: String(words[1]), headers: headers, body: body, connection: connection)
    }

    /// The index after the empty line.
    private func endOfHead() -> Int? {
        let end = Array("\r\n\r\n".utf8)
        return received.indices.first { received[$0...].starts(with: end) }.map { $0 + end.count }
    }
}

import API
import Glibc
import TestSupport

/// A connection of a test over which requests go one after the other, so that one event loop answers all of them.
final class Conversation {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    struct Answer {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    init(_ address: HTTPServer.Address) throws { descriptor = try RawClient.connect(address) }

    deinit { close(descriptor) }

    func ask(
        _ path: String, method: String = "GET", headers: [String] = [], body: String = ""
    ) throws -> Answer {
        send(path, method: method, headers: headers, body: body)
        return try next(isHead: method == "HEAD")
    }

    func send(_ path: String, method: String = "GET", headers: [String] = [], body: String = "") {
        let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: test"]
        let lines = ["\(method) \(path) HTTP/1.1", "Content-Length: \(body.utf8.count)"] + host + headers
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        _ = Array(text.utf8).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// The next answer; one to HEAD has no body, whatever its head says.
    func next(isHead: Bool = false) throws -> Answer {
        while pending.firstRange(of: [13, 10, 13, 10]) == nil { try receive() }
        let end = pending.firstRange(of: [13, 10, 13, 10])?.upperBound ?? 0
        let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        pending.removeFirst(end)
        let length = isHead ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        while pending.count < length { try receive() }
        let body = Array(pending[..<length])
        pending.removeFirst(length)
        return Answer(status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: headers, body: body)
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let received = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard received > 0 else { throw NeverHappened(what: "the server answers") }
        pending += buffer[..<received]
    }
}

import API
import Glibc
import TestSupport

/// A watcher on a bare socket that reads only when it is told to.
struct RawWatcher {
    private let descriptor: Int32

    /// Connects and upgrades; reads nothing but the head of the answer.
    static func open(
        _ address: HTTPServer.Address, path: String = "/mainstem/v1/watch"
    ) async throws -> RawWatcher {
        try await blocking { try connect(address, path) }
    }

    private static func connect(_ address: HTTPServer.Address, _ path: String) throws -> RawWatcher {
        let descriptor = try RawClient.connect(address)
        let request = """
            GET \(path) HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """
        _ = Array(request.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        let watcher = RawWatcher(descriptor: descriptor)
        var head: [UInt8] = []
        while !head.ends(with: "\r\n\r\n") { head += watcher.read(1) }
        guard String(decoding: head, as: UTF8.self).contains(" 101 ") else {
            throw NeverHappened(what: "the upgrade: \(String(decoding: head, as: UTF8.self))")
        }
        return watcher
    }

    /// The numbers that so many events carry in `"n":"…"`, pings and the state at the beginning passed over.
    func numbers(_ count: Int) async throws -> [Int] {
        try await blocking { try readNumbers(count) }
    }

    private func readNumbers(_ count: Int) throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count {
            let (opcode, payload) = frame()
            guard opcode == 1 else { continue }
            let text = String(decoding: payload, as: UTF8.self)
            // The state that an extended watch begins with, and what it says when nothing happens.
            if text.contains(#""action":"S"#) || text.contains(#""action":"HEARTBEAT""#) { continue }
            guard let match = text.firstMatch(of: /"n":"(\d+)"/), let number = Int(match.1) else {
                throw NeverHappened(what: "a numbered event, but \(text.prefix(200))")
            }
            numbers.append(number)
        }
        close(descriptor)
        return numbers
    }

    /// Every text up to the first one that fits, pings passed over.
    func texts(until fits: @escaping @Sendable (String) -> Bool) async throws -> [String] {
        try await blocking {
            var texts: [String] = []
            repeat {
                let (opcode, payload) = frame()
                guard opcode != 0 || !payload.isEmpty else { throw NeverHappened(what: "the text that fits") }
                if opcode == 1 { texts.append(String(decoding: payload, as: UTF8.self)) }
            } while !(texts.last.map(fits) ?? false)
            close(descriptor)
            return texts
        }
    }

    /// Every byte that comes until the server ends the connection.
    func rest() async throws -> [UInt8] {
        try await blocking {
            defer { close(descriptor) }
            return RawClient.rest(of: descriptor)
        }
    }

    private func frame() -> (opcode: UInt8, payload: [UInt8]) {
        let start = read(2)
        var length = Int(start[1] & 0x7F)
        if length == 126 {
            length = read(2).reduce(0) { $0 << 8 | Int($1) }
        } else if length == 127 {
            length = read(8).reduce(0) { $0 << 8 | Int($1) }
        }
        return (start[0] & 0x0F, read(length))
    }

    private func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let received = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + filled }, count - filled, 0)
            }
            guard received > 0 else { return bytes }
            filled += received
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

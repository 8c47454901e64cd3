import API
import Glibc
import TestSupport

/// A client of server-sent events on a bare socket.
struct RawStream {
    /// The headers of a handshake as it should be.
    static let handshake = """
        Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    private let descriptor: Int32

    static func open(_ address: HTTPServer.Address, path: String, headers: String = "") async throws -> RawStream {
        try await open(address, sending: "GET \(path) HTTP/1.1\r\nHost: test\r\nAccept: */*\r\n\(headers)\r\n")
    }

    /// A connection on which this text was sent.
    static func open(_ address: HTTPServer.Address, sending text: String) async throws -> RawStream {
        try await blocking {
            let stream = RawStream(descriptor: try RawClient.connect(address))
            stream.send(text)
            return stream
        }
    }

    func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// What comes up to and with a text.
    func until(_ end: String) async throws -> String {
        let descriptor = descriptor
        return try await blocking {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
                guard recv(descriptor, &byte, 1, 0) == 1 else {
                    throw NeverHappened(what: "\(end), but \(String(decoding: bytes, as: UTF8.self))")
                }
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func close() { Glibc.close(descriptor) }
}

import API
import Glibc
import TestSupport

/// A client of server-sent events on a bare socket.
struct RawStream {
    private let descriptor: Int32

    static func open(_ address: HTTPServer.Address, path: String, headers: String = "") async throws -> RawStream {
        try await blocking {
            let descriptor = try RawClient.connect(address)
            let request = "GET \(path) HTTP/1.1\r\nHost: test\r\nAccept: */*\r\n\(headers)\r\n"
            _ = Array(request.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
            return RawStream(descriptor: descriptor)
        }
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

import API
import Glibc
import TestSupport

/// A client that sends exactly the bytes that it is given.
enum RawClient {
    /// Connects to an address of this machine.
    static func connect(_ address: HTTPServer.Address) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A `sockaddr_in`, byte for byte: family, port, address, eight zeros.
        var target = [UInt8(AF_INET), 0, UInt8(address.port >> 8), UInt8(address.port & 0xFF)]
        withUnsafeBytes(of: inet_addr(address.host)) { target += $0 }
        target += [UInt8](repeating: 0, count: 8)
        let connected = target.withUnsafeBytes {
            Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        guard connected == 0 else { throw NeverHappened(what: "the socket connects") }
        return descriptor
    }

    /// Sends a text and gives everything that comes until the server closes: the text must ask for that.
    static func exchange(_ address: HTTPServer.Address, _ text: String) throws -> String {
        let descriptor = try connect(address)
        defer { close(descriptor) }
        _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: rest(of: descriptor), as: UTF8.self)
    }

    /// Every byte that comes until the server closes.
    static func rest(of descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let received = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard received > 0 else { return bytes }
            bytes += buffer[..<received]
        }
    }
}

import API
import Glibc
import TestSupport

/// A client that sends exactly the bytes that it is given.
enum RawClient {
    /// Connects to an address of this machine.
    static func connect(_ address: HTTPServer.Address) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(address.port).bigEndian
        target.sin_addr.s_addr = inet_addr(address.host)
        let connected = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
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

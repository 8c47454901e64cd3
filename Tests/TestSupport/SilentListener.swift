import Glibc

/// Takes connections, in the kernel, and never says a word. With a full queue it does not even do that: a connection to
/// it does not come about.
package final class SilentListener: Sendable {
    private let sockets: [Int32]
    package let port: UInt16

    package init(isFull: Bool = false) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The queue of a backlog of 0 takes one connection. The others wait for their handshake, without blocking us.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let waiting = (0..<(isFull ? 3 : 0)).map { _ in socket(AF_INET, kind, 0) }
        let code = withUnsafeMutableBytes(of: &address) { bytes -> Int32 in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            let bound = bind(listener, base, length) + listen(listener, isFull ? 0 : 8)
            let code = bound + getsockname(listener, base, &length)
            for socket in waiting { _ = connect(socket, base, length) }
            return code
        }
        port = UInt16(bigEndian: address.sin_port)
        sockets = [listener] + waiting
        guard code == 0 else { throw NeverHappened(what: "a socket that listens") }
    }

    deinit {
        for socket in sockets { close(socket) }
    }
}

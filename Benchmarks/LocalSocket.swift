import Glibc

/// A blocking connection to a port of this machine.
struct LocalSocket {
    let descriptor: Int32

    /// The port takes no connection.
    struct Refused: Error {
        let port: Int
    }

    /// Connects; a receive buffer of 0 bytes is the system's own.
    init(port: Int, receiveBuffer: Int32 = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size = receiveBuffer
        if size > 0 { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(port).bigEndian
        target.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Refused(port: port) }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends bytes; false when the other side is gone.
    func send(_ bytes: [UInt8]) -> Bool {
        let sent = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return sent == bytes.count
    }

    /// Sends a request and gives the whole answer, head and body.
    func ask(_ request: [UInt8]) -> [UInt8] {
        guard send(request) else { return [] }
        return answer()
    }

    /// The whole answer to a request that was sent, head and body.
    func answer() -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return [] }
            answer += buffer[..<count]
            let head = answer.withUnsafeBytes { AnswerHead($0) }
            if let head, answer.count >= head.length + head.bodyLength { return answer }
        }
    }

    func end() { close(descriptor) }
}

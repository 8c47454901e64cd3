import Glibc

/// Opens many watches: several handshakes are under way at a time.
enum FleetConnector {
    private static let underWay = 200

    static func connect(port: Int, paths: [String], instances: Int, slowOne: Int) throws -> [FleetPeer] {
        var peers: [FleetPeer] = []
        peers.reserveCapacity(paths.count)
        for start in stride(from: 0, to: paths.count, by: underWay) {
            let range = start..<min(start + underWay, paths.count)
            let sockets = try range.map { number in
                let socket = try LocalSocket(
                    port: port, receiveBuffer: isSlow(number, slowOne) ? 32_768 : 0)
                guard socket.send(handshake(paths[number])) else { throw FleetPeer.Ended(reason: "no handshake") }
                return socket
            }
            for socket in sockets {
                peers.append(
                    FleetPeer(descriptor: socket.descriptor, instances: instances, first: try answer(socket)))
            }
        }
        return peers
    }

    /// Whether a watcher is one of those that can be told not to read: every `slowOne`th, odd and even ones alike, so
    /// that each thread of both sides has as many of them.
    static func isSlow(_ number: Int, _ slowOne: Int) -> Bool {
        guard slowOne > 0 else { return false }
        let place = number % (2 * slowOne)
        return place == 0 || place == slowOne + 1 - slowOne % 2
    }

    private static func handshake(_ path: String) -> [UInt8] {
        Array(
            """
            GET \(path) HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """.utf8)
    }

    /// Reads the head of the answer, and gives what has come behind it.
    private static func answer(_ socket: LocalSocket) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(socket.descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw FleetPeer.Ended(reason: "closed in the handshake") }
            bytes += buffer[..<count]
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            guard bytes.starts(with: "HTTP/1.1 101".utf8) else {
                throw FleetPeer.Ended(reason: String(decoding: bytes.prefix(200), as: UTF8.self))
            }
            return Array(bytes[end.upperBound...])
        }
    }
}

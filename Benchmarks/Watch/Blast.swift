import ArgumentParser
import CEpoll
import Dispatch
import Foundation
import Glibc

/// The baseline: does nothing but write prepared frames of 1 KB to all connections, from two threads with epoll.
struct Blast: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write prepared frames to many sockets (started by the benchmarks).")

    @Option var connections: Int
    /// Frames in all for each connection.
    @Option var frames: Int
    /// Frames in one write.
    @Option var batch: Int
    /// Bytes of one frame.
    @Option var bytes = 1_024
    /// Goes on to the next write only when a line on standard input says that everybody has the last one.
    @Flag var inTurns = false

    private static let threads = 2

    func run() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length)
                listen(listener, 4_096)
                getsockname(listener, address, &length)
            }
        }
        FileHandle.standardOutput.write(Data("ready \(address.sin_port.bigEndian)\n".utf8))
        let sockets = (0..<connections).map { _ in Blast.take(listener) }
        _ = readLine()
        if inTurns { turns(sockets) } else { pour(sockets) }
        while readLine() != nil {}
    }

    /// Accepts one connection and answers its handshake.
    private static func take(_ listener: Int32) -> Int32 {
        let descriptor = accept(listener, nil, nil)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var buffer = [UInt8](repeating: 0, count: 1_024)
        _ = recv(descriptor, &buffer, buffer.count, 0)
        let answer = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)
        _ = send(descriptor, answer, answer.count, 0)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    private func prepared(_ count: Int) -> [UInt8] {
        let payload = bytes - 4
        let text = "{" + String(repeating: "x", count: payload - 2) + "}"
        let frame: [UInt8] = [0x81, 126, UInt8(payload >> 8), UInt8(payload & 0xFF)] + Array(text.utf8)
        return Array(repeatElement(frame, count: count).joined())
    }

    /// One frame to everybody, then the next when all have it.
    private func turns(_ sockets: [Int32]) {
        let frame = prepared(batch)
        for _ in 0..<frames / batch {
            DispatchQueue.concurrentPerform(iterations: Blast.threads) { thread in
                for index in stride(from: thread, to: sockets.count, by: Blast.threads) {
                    _ = frame.withUnsafeBytes {
                        send(sockets[index], $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                }
            }
            guard readLine() != nil else { return }
        }
    }

    /// Everything as fast as the sockets take it.
    private func pour(_ sockets: [Int32]) {
        let piece = prepared(batch)
        DispatchQueue.concurrentPerform(iterations: Blast.threads) { thread in
            let mine = stride(from: thread, to: sockets.count, by: Blast.threads).map { sockets[$0] }
            var left = Array(repeating: frames * bytes, count: mine.count)
            let poll = epoll_create1(0)
            for index in mine.indices {
                var event = epoll_event()
                event.events = EPOLLOUT.rawValue
                event.data.u32 = UInt32(index)
                epoll_ctl(poll, EPOLL_CTL_ADD, mine[index], &event)
            }
            var open = mine.count
            var events = [epoll_event](repeating: epoll_event(), count: 512)
            while open > 0 {
                let ready = epoll_wait(poll, &events, Int32(events.count), -1)
                for event in events.prefix(Int(max(0, ready))) {
                    let index = Int(event.data.u32)
                    // Goes on in the middle of the piece where the last write ended.
                    let offset = (frames * bytes - left[index]) % piece.count
                    let count = min(piece.count - offset, left[index])
                    let sent = piece.withUnsafeBytes {
                        send(mine[index], $0.baseAddress.map { $0 + offset }, count, Int32(MSG_NOSIGNAL))
                    }
                    left[index] -= max(0, sent)
                    guard left[index] == 0 else { continue }
                    epoll_ctl(poll, EPOLL_CTL_DEL, mine[index], nil)
                    open -= 1
                }
            }
        }
    }
}

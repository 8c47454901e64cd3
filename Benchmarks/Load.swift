import ArgumentParser
import Foundation
import Glibc

/// Asks a server as fast as it answers, over some connections, each with one request under way; in a process of its
/// own with two threads, so that it can keep both cores as busy as the server does. Prints one line: requests in all,
/// requests a second, p50 and p99 in microseconds.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ask as fast as possible (started by the benchmarks).")

    @Option var port: Int
    @Option var connections: Int
    @Option var seconds: Double
    /// A file with prepared requests, a zero byte between two of them; they take turns.
    @Option var requests: String
    /// The status that every answer has to have.
    @Option var status: Int

    /// The part of the time that is not measured: connections and caches are new.
    private static let warmUp = 0.1
    private static let threads = 2
    private static let bufferBytes = 1 << 20

    func run() async throws {
        let texts = try Data(contentsOf: URL(filePath: requests)).split(separator: 0).map { [UInt8]($0) }
        let begin = now()
        let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
            for thread in 0..<Load.threads { group.addTask { try ask(texts, thread, begin) } }
            return try await group.reduce(into: Tally(from: 0)) { $0.add($1) }
        }
        print(tally.line(seconds: seconds * (1 - Load.warmUp)))
    }

    /// What one thread does; the threads share the connections, and begin at different requests.
    private func ask(_ texts: [[UInt8]], _ thread: Int, _ begin: UInt64) throws -> Tally {
        let share = max(1, (connections + thread) / Load.threads)
        var peers = try (0..<share).map { _ in Peer(socket: try LocalSocket(port: port)) }
        var polled = peers.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
        var tally = Tally(from: begin + UInt64(seconds * Load.warmUp * 1e9))
        let end = begin + UInt64(seconds * 1e9)
        var turn = thread * texts.count / Load.threads
        for index in peers.indices {
            peers[index].ask(texts[turn % texts.count], at: now())
            turn += 1
        }
        var buffer = [UInt8](repeating: 0, count: Load.bufferBytes)
        while now() < end {
            poll(&polled, nfds_t(share), 100)
            for index in polled.indices where polled[index].revents != 0 {
                guard try peers[index].read(&buffer, expecting: status) else { continue }
                let time = now()
                tally.add(began: peers[index].began, ended: time)
                peers[index].ask(texts[turn % texts.count], at: time)
                turn += 1
            }
        }
        return tally
    }

    private func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// One connection with the request that is under way on it.
private struct Peer {
    let socket: LocalSocket
    private(set) var began: UInt64 = 0
    /// What came of a head that is not complete; nearly always a head comes at once.
    private var pending: [UInt8] = []
    /// What the body still lacks; nil while the head is awaited.
    private var missing: Int?

    /// The server gave something else than what is measured.
    struct WrongAnswer: Error {
        let text: String
    }

    init(socket: LocalSocket) { self.socket = socket }

    mutating func ask(_ request: [UInt8], at time: UInt64) {
        began = time
        missing = nil
        _ = socket.send(request)
    }

    /// Takes what has come; true when the answer is complete.
    mutating func read(_ buffer: inout [UInt8], expecting status: Int) throws -> Bool {
        let count = buffer.withUnsafeMutableBytes { recv(socket.descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw WrongAnswer(text: "the connection was closed") }
        if let missing {
            self.missing = missing - count
            return missing == count
        }
        let head: AnswerHead?
        if pending.isEmpty {
            head = buffer.withUnsafeBytes { AnswerHead(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        } else {
            head = (pending + buffer[..<count]).withUnsafeBytes { AnswerHead($0) }
        }
        guard let head else {
            pending += buffer[..<count]
            return false
        }
        guard head.status == status else {
            throw WrongAnswer(text: String(decoding: buffer[..<min(count, 600)], as: UTF8.self))
        }
        let left = head.length + head.bodyLength - pending.count - count
        pending.removeAll(keepingCapacity: true)
        missing = left
        return left == 0
    }
}

/// What was measured.
private struct Tally: Sendable {
    private let start: UInt64
    private var all = 0
    private var nanoseconds: [UInt32] = []

    init(from start: UInt64) {
        self.start = start
        nanoseconds.reserveCapacity(1 << 20)
    }

    mutating func add(began: UInt64, ended: UInt64) {
        all += 1
        guard began >= start else { return }
        nanoseconds.append(UInt32(clamping: ended - began))
    }

    mutating func add(_ other: Tally) {
        all += other.all
        nanoseconds += other.nanoseconds
    }

    func line(seconds: Double) -> String {
        let sorted = nanoseconds.sorted()
        func quantile(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]) / 1e3
        }
        return "\(all) \(Double(sorted.count) / seconds) \(quantile(0.5)) \(quantile(0.99))"
    }
}

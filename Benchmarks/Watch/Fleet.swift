import CEpoll
import Foundation
import Glibc
import Synchronization

/// Many watchers in this process, read by two threads with epoll. Every frame is looked at: that it is complete and an
/// event, that the numbers of each instance go up by one, and how long it took.
final class Fleet: Sendable {
    /// What the threads have found so far.
    struct Findings: Sendable {
        var lag = LagTally()
        /// The same of those that were slow for a while.
        var slowLag = LagTally()
        var gaps = 0
        var stepsBack = 0
        /// Of all watchers, the lowest number that one of them has of one of its instances.
        var reached = Int.max
        var slowReached = Int.max
        /// Of all watchers, the highest number of events that one of them heard of one instance.
        var most = 0
        var failure: String?
    }

    private static let threads = 2

    /// How many event frames have come.
    let received = Atomic(0)
    private let isOver = Atomic(false)
    /// Whether the slow ones read.
    private let slowRead = Atomic(true)
    /// Counts up when lags are to be forgotten.
    private let era = Atomic(0)
    private let findings = Mutex<[Findings]>([])
    /// The lags of the era that ended last.
    private let ended = Mutex(LagTally())
    private let running = Atomic(0)
    let count: Int
    let connectSeconds: Double

    /// Connects watchers of these paths. Every `slowOne`th can be told not to read. `checks` is off for the baseline,
    /// whose frames are all the same.
    init(port: Int, paths: [String], instances: Int = 1, slowOne: Int = 0, checks: Bool = true) throws {
        count = paths.count
        let began = monotonic()
        let peers = try FleetConnector.connect(port: port, paths: paths, instances: instances, slowOne: slowOne)
        connectSeconds = Double(monotonic() - began) / 1e9
        running.store(Fleet.threads, ordering: .relaxed)
        for thread in 0..<Fleet.threads {
            let share = peers.enumerated().filter { $0.offset % Fleet.threads == thread }
            let slow = Set(
                share.enumerated().filter { FleetConnector.isSlow($0.element.offset, slowOne) }.map(\.offset))
            let mine = share.map(\.element)
            Thread.detachNewThread { [self] in
                follow(mine, slow, checks)
                running.subtract(1, ordering: .releasing)
            }
        }
    }

    /// Lets the slow ones stop to read, or go on.
    func slowOnes(read: Bool) { slowRead.store(read, ordering: .relaxed) }

    /// Begins to measure lags anew.
    func forgetLags() { _ = lags() }

    /// The lags of those who are never slow since the last time; begins anew.
    func lags() -> LagTally {
        ended.withLock { $0 = LagTally() }
        era.add(1, ordering: .relaxed)
        // Each thread gives its part when it next looks up, at the latest after 10 ms.
        Thread.sleep(forTimeInterval: 0.2)
        return ended.withLock { $0 }
    }

    /// Waits until so many frames have come in all; false when that takes too long.
    func wait(for frames: Int, seconds: Double = 120) -> Bool {
        let end = monotonic() + UInt64(seconds * 1e9)
        while received.load(ordering: .acquiring) < frames {
            guard monotonic() < end, !isOver.load(ordering: .relaxed) else { return false }
            usleep(50)
        }
        return true
    }

    /// Ends all connections and gives what was found.
    func end() -> Findings {
        isOver.store(true, ordering: .relaxed)
        while running.load(ordering: .acquiring) > 0 { usleep(1_000) }
        return findings.withLock { all in
            all.reduce(into: Findings()) { sum, part in
                sum.lag.add(part.lag)
                sum.slowLag.add(part.slowLag)
                sum.gaps += part.gaps
                sum.stepsBack += part.stepsBack
                sum.reached = min(sum.reached, part.reached)
                sum.slowReached = min(sum.slowReached, part.slowReached)
                sum.most = max(sum.most, part.most)
                sum.failure = sum.failure ?? part.failure
            }
        }
    }

    /// What one thread does.
    private func follow(_ given: [FleetPeer], _ slow: Set<Int>, _ checks: Bool) {
        var peers = given
        let poll = epoll_create1(0)
        for index in peers.indices { watch(poll, EPOLL_CTL_ADD, peers[index].descriptor, index, reads: true) }
        var slowAreReading = true
        var found = Findings()
        var lived = era.load(ordering: .relaxed)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        // Who has much to read keeps nobody waiting: few such ones are read at a time, and a little of each.
        let little = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(32 << 10)])
        var events = [epoll_event](repeating: epoll_event(), count: 512)
        while !isOver.load(ordering: .relaxed) {
            if slowRead.load(ordering: .relaxed) != slowAreReading {
                slowAreReading.toggle()
                for index in slow { watch(poll, EPOLL_CTL_MOD, peers[index].descriptor, index, reads: slowAreReading) }
            }
            let ready = epoll_wait(poll, &events, Int32(events.count), 10)
            if era.load(ordering: .relaxed) != lived {
                lived = era.load(ordering: .relaxed)
                let lag = found.lag
                ended.withLock { $0.add(lag) }
                (found.lag, found.slowLag) = (LagTally(), LagTally())
            }
            do {
                var frames = 0
                var patience = 4
                for event in events.prefix(Int(max(0, ready))) {
                    let index = Int(event.data.u32)
                    if slow.contains(index) {
                        guard patience > 0 else { continue }
                        patience -= 1
                        frames += try peers[index].read(little, at: monotonic(), checks: checks, &found.slowLag)
                    } else {
                        frames += try peers[index].read(buffer, at: monotonic(), checks: checks, &found.lag)
                    }
                }
                received.add(frames, ordering: .releasing)
            } catch {
                found.failure = "\(error)"
                break
            }
        }
        finish(&found, peers, slow)
        close(poll)
        buffer.deallocate()
    }

    private func finish(_ found: inout Findings, _ peers: [FleetPeer], _ slow: Set<Int>) {
        for (index, peer) in peers.enumerated() {
            found.stepsBack += peer.stepsBack
            found.most = max(found.most, peer.most)
            if slow.contains(index) {
                found.slowReached = min(found.slowReached, peer.reached)
            } else {
                found.gaps += peer.gaps
                found.reached = min(found.reached, peer.reached)
            }
            close(peer.descriptor)
        }
        let part = found
        findings.withLock { $0.append(part) }
    }

    private func watch(_ poll: Int32, _ operation: Int32, _ descriptor: Int32, _ index: Int, reads: Bool) {
        var event = epoll_event()
        event.events = reads ? EPOLLIN.rawValue : 0
        event.data.u32 = UInt32(index)
        epoll_ctl(poll, operation, descriptor, &event)
    }
}

/// Nanoseconds since a fixed point, the same for all processes of this machine.
func monotonic() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

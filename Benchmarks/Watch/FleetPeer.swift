import CEpoll
import Glibc

/// One watcher of the load: reads frames, and holds each of them against the one before.
struct FleetPeer {
    let descriptor: Int32
    /// What has come of a frame that is not complete.
    private var rest: [UInt8] = []
    /// The number that each instance had last.
    private var last: [Int32]
    /// How many events came of each instance; 255 stands for more.
    private var events: [UInt8]
    private(set) var frames = 0
    /// Frames whose number is not the next one of its instance: there was a gap, or a step back.
    private(set) var gaps = 0
    private(set) var stepsBack = 0

    init(descriptor: Int32, instances: Int, first: [UInt8]) {
        self.descriptor = descriptor
        last = Array(repeating: 0, count: instances)
        events = Array(repeating: 0, count: instances)
        rest = first
    }

    /// The lowest number that one of its instances has.
    var reached: Int { Int(last.min() ?? 0) }

    /// The highest number of events that it heard of one instance.
    var most: Int { Int(events.max() ?? 0) }

    /// The other side ended the connection, or sent something else than text frames, pings and the like.
    struct Ended: Error {
        let reason: String
    }

    /// Takes in what has come, through a buffer that all share; gives the number of event frames.
    mutating func read(
        _ buffer: UnsafeMutableRawBufferPointer, at now: UInt64, checks: Bool, _ tally: inout LagTally
    ) throws -> Int {
        var filled = rest.count
        rest.withUnsafeBytes { buffer.copyMemory(from: $0) }
        let count = recv(
            descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, Int32(MSG_DONTWAIT))
        if count < 0 {
            guard errno == EAGAIN else { throw Ended(reason: "errno \(errno)") }
            if filled == 0 { return 0 }
        }
        guard count != 0 else { throw Ended(reason: "closed after \(frames) frames") }
        filled += max(0, count)
        let before = frames
        var start = 0
        while let end = try frame(buffer, start, filled, now, checks, &tally) { start = end }
        rest = start < filled ? Array(buffer[start..<filled]) : []
        return frames - before
    }

    /// Looks at the frame that begins at a place; gives where it ends, nil when it is not complete.
    private mutating func frame(
        _ buffer: UnsafeMutableRawBufferPointer, _ start: Int, _ filled: Int, _ now: UInt64, _ checks: Bool,
        _ tally: inout LagTally
    ) throws -> Int? {
        guard filled - start >= 2 else { return nil }
        var (head, length) = (2, Int(buffer[start + 1]))
        if length == 126 {
            guard filled - start >= 4 else { return nil }
            (head, length) = (4, Int(buffer[start + 2]) << 8 | Int(buffer[start + 3]))
        }
        let end = start + head + length
        guard end <= filled else { return nil }
        switch buffer[start] {
        case 0x81:
            frames += 1
            let payload = UnsafeRawBufferPointer(rebasing: buffer[start + head..<end])
            guard payload.first == UInt8(ascii: "{"), payload.last == UInt8(ascii: "}") else {
                throw Ended(reason: "no event: \(String(decoding: payload.prefix(100), as: UTF8.self))")
            }
            if checks { try check(payload, now, &tally) }
        case 0x89, 0x8A: break
        default: throw Ended(reason: "opcode \(buffer[start])")
        }
        return end
    }

    private mutating func check(_ payload: UnsafeRawBufferPointer, _ now: UInt64, _ tally: inout LagTally) throws {
        let mark: StaticString = "\"stamp\":\""
        guard let found = memmem(payload.baseAddress, payload.count, mark.utf8Start, mark.utf8CodeUnitCount),
            let base = payload.baseAddress
        else { return frames -= 1 }
        var place = UnsafeRawPointer(found) - base + mark.utf8CodeUnitCount
        let instance = FleetPeer.number(payload, &place)
        let number = FleetPeer.number(payload, &place)
        let time = FleetPeer.number(payload, &place)
        let index = instance % last.count
        let before = Int(last[index])
        if number <= before { stepsBack += 1 }
        if number > before + 1 { gaps += 1 }
        last[index] = Int32(max(number, before))
        if events[index] < .max { events[index] += 1 }
        tally.add(nanoseconds: now &- UInt64(time))
    }

    /// The number at a place, which goes behind the character after it.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Int {
        var value = 0
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
            value = value * 10 + Int(bytes[place]) - 0x30
            place += 1
        }
        place += 1
        return value
    }
}

/// Text frames as bytes that are ready for the socket: a server's frames are not masked, so that the same bytes serve
/// every watcher.
/// Rule: RFC 6455, section 5.2.
enum WatchFrame {
    static func text(_ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 10)
        frame.append(0x81)
        switch payload.count {
        case ..<126: frame.append(UInt8(payload.count))
        case ..<65_536: frame += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { frame.append(UInt8(payload.count >> shift & 0xFF)) }
        }
        return frame + payload
    }
}

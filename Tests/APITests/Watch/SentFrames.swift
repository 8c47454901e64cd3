import NIOCore
import NIOEmbedded

/// What a watch has handed to an embedded channel.
enum SentFrames {
    /// The texts of all frames since the last time; one buffer may have several.
    static func texts(_ channel: EmbeddedChannel) throws -> [[UInt8]] {
        var bytes: [UInt8] = []
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { bytes += piece.readableBytesView }
        var texts: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst()
            var length = Int(rest.removeFirst())
            if length >= 126 {
                let count = length == 126 ? 2 : 8
                length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(count)
            }
            texts.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return texts
    }
}

import NIOCore

/// A body as it is sent: as it was written, and in gzip's form once a client asked for that. Lives on its event loop.
final class EncodedBody {
    let plain: ByteBuffer
    private var compressed: ByteBuffer?

    init(_ plain: ByteBuffer) { self.plain = plain }

    /// Whether the answer depends on what the client accepts.
    var isWorthCompressing: Bool { plain.readableBytes >= GzipStream.smallestBody }

    /// What it may take in memory: the compressed form is not longer than the plain one.
    var bytes: Int { plain.readableBytes * 2 }

    /// The compressed form, made at the first call; nil when it is not worth it.
    func gzip(_ counters: AnswerCounters) -> ByteBuffer? {
        guard isWorthCompressing else { return nil }
        if compressed == nil, let made = GzipStream.compress(plain) {
            counters.compressed()
            // A copy of the right size: what zlib was given had room to spare.
            compressed = ByteBuffer(buffer: made)
        }
        return compressed
    }
}

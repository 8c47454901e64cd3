import CZlib
import NIOCore

/// Compresses one body into gzip's form, as a whole or piece by piece. Lives on its event loop.
final class GzipStream {
    /// Bodies from this size on are compressed for clients that take gzip.
    /// Rule: the real server's gzip handler, `DefaultMinSize`.
    static let smallestBody = 1_400
    /// The fastest level: a body of JSON becomes a tenth all the same, and its event loop does nothing else meanwhile.
    private static let level: Int32 = 1
    /// 15 bits of window, and 16 for gzip's head and checksum around it.
    private static let window: Int32 = 15 + 16
    private static let memory: Int32 = 8
    private static let outputBytes = 32 << 10

    /// At an address of its own, because zlib remembers it.
    private let state: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory for it.
    init?() {
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        let made = deflateInit2_(
            state, GzipStream.level, Z_DEFLATED, GzipStream.window, GzipStream.memory, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else {
            state.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(state)
        state.deallocate()
    }

    /// A whole body compressed; nil when there is no memory for it.
    static func compress(_ body: ByteBuffer, _ allocator: ByteBufferAllocator = ByteBufferAllocator()) -> ByteBuffer? {
        guard let stream = GzipStream() else { return nil }
        var output = allocator.buffer(capacity: body.readableBytes / 8)
        stream.write(body, isLast: true, into: &output)
        return output
    }

    /// Compresses some more of the body; what is not held back for later is appended to `output`.
    func write(_ bytes: ByteBuffer, isLast: Bool, into output: inout ByteBuffer) {
        bytes.withUnsafeReadableBytes { input in
            state.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            state.pointee.avail_in = UInt32(input.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: GzipStream.outputBytes) { space in
                    state.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    state.pointee.avail_out = UInt32(space.count)
                    deflate(state, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return space.count - Int(state.pointee.avail_out)
                }
            } while state.pointee.avail_out == 0
            state.pointee.next_in = nil
        }
    }
}

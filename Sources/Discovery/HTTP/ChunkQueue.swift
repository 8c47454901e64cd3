internal import DequeModule

/// Bytes between curl and the reader: a bounded queue of chunks. Touches no I/O.
///
/// The last chunk is filled up before another one is begun, so that many small pieces cost neither an allocation
/// nor a wake-up each.
struct ChunkQueue {
    /// As large as a chunk gets.
    static let chunkBytes = 256 << 10

    private var chunks: Deque<[UInt8]> = []
    private let maxBytes: Int
    private(set) var bytes = 0
    /// Everything that was ever appended.
    private(set) var totalBytes = 0

    /// - Parameter maxBytes: when as many wait, the queue is full. It ends up fuller by the piece that filled it, at
    ///   most.
    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    var isFull: Bool { bytes >= maxBytes }
    /// Time to let a paused transfer go on: half of the room is free again.
    var isLow: Bool { bytes <= maxBytes / 2 }
    /// The next chunk will not grow: it may as well be taken.
    var hasWholeChunk: Bool { chunks.count > 1 || bytes >= Self.chunkBytes }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if let last = chunks.indices.last, chunks[last].count + piece.count <= Self.chunkBytes {
            chunks[last].append(contentsOf: piece)
        } else {
            var chunk: [UInt8] = []
            // A short body is one chunk of its own size; a long one is not copied again and again while it grows.
            chunk.reserveCapacity(totalBytes < Self.chunkBytes ? piece.count : Self.chunkBytes)
            chunk.append(contentsOf: piece)
            chunks.append(chunk)
        }
        bytes += piece.count
        totalBytes += piece.count
    }

    /// The oldest chunk, or nothing when none waits.
    mutating func popFirst() -> [UInt8]? {
        guard let chunk = chunks.popFirst() else { return nil }
        bytes -= chunk.count
        return chunk
    }

    mutating func removeAll() {
        chunks.removeAll()
        bytes = 0
    }
}

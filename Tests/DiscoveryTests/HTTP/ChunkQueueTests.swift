import Testing

@testable import Discovery

@Suite struct ChunkQueueTests {
    @Test(arguments: [100, 1000, 16_384, 300_000])
    func everyByteComesOutOnceAndInOrder(pieceBytes: Int) {
        var queue = ChunkQueue(maxBytes: 1 << 20)
        let body = patternedBody(600_000)
        var taken: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: pieceBytes) {
            let piece = Array(body[start..<min(start + pieceBytes, body.count)])
            piece.withUnsafeBytes { queue.append($0) }
            if start.isMultiple(of: 3), let chunk = queue.popFirst() { taken += chunk }
        }
        #expect(queue.totalBytes == body.count)
        #expect(queue.bytes == body.count - taken.count)
        while let chunk = queue.popFirst() { taken += chunk }
        #expect(taken == body)
        #expect(queue.bytes == 0)
    }

    @Test func smallPiecesShareAChunk() {
        var queue = ChunkQueue(maxBytes: 1 << 20)
        for _ in 0..<100 { [UInt8](repeating: 1, count: 100).withUnsafeBytes { queue.append($0) } }
        #expect(queue.popFirst()?.count == 10_000)
        #expect(queue.popFirst() == nil)
    }

    @Test func fullAndLowAreAHalfApart() {
        var queue = ChunkQueue(maxBytes: 1 << 20)
        let piece = [UInt8](repeating: 1, count: ChunkQueue.chunkBytes)
        for _ in 0..<3 { piece.withUnsafeBytes { queue.append($0) } }
        #expect(!queue.isFull)
        piece.withUnsafeBytes { queue.append($0) }
        #expect(queue.isFull)
        _ = queue.popFirst()
        #expect(!queue.isLow)
        _ = queue.popFirst()
        #expect(queue.isLow)
    }
}

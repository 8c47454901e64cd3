import NIOCore
import Testing

@testable import API

@Suite struct GzipStreamTests {
    @Test("pieces give the same bytes as the whole, whatever their sizes", arguments: [1, 1_000, 65_536, 200_000])
    func pieces(_ size: Int) throws {
        let text = (0..<20_000).map { "instance \($0 &* 2_654_435_761 % 65_536)" }.joined(separator: ",")
        let whole = ByteBuffer(string: text)
        let stream = try #require(GzipStream())
        var output = ByteBuffer()
        var rest = whole
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            stream.write(piece, isLast: false, into: &output)
        }
        stream.write(ByteBuffer(), isLast: true, into: &output)
        #expect(output == GzipStream.compress(whole))
        #expect(output.readableBytes < whole.readableBytes / 2)
    }
}

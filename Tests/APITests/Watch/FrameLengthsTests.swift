import NIOCore
import Testing

@testable import API

@Suite struct FrameLengthsTests {
    private static func breaks(_ pieces: [[UInt8]]) -> Bool {
        var lengths = FrameLengths()
        return pieces.contains { lengths.areBroken(by: ByteBuffer(bytes: $0).readableBytesView) }
    }

    private static let mask: [UInt8] = [1, 2, 3, 4]

    @Test("a control frame of 126 bytes, a length that is not in its shortest form, and its top bit break the rules")
    func broken() {
        let heads: [[UInt8]] = [
            [0x89, 0xFE, 0, 126], [0x88, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], [0x81, 0xFE, 0, 125],
            [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0x81, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0],
        ]
        for head in heads {
            #expect(Self.breaks([head]))
            // Behind other frames, and byte by byte.
            let before: [UInt8] = [0x89, 0x80] + Self.mask + [0x81, 0x82] + Self.mask + [0x8A, 0]
            #expect(Self.breaks((before + head).map { [$0] }))
        }
    }

    @Test("lengths in their shortest form are as they should be, wherever the bytes are cut")
    func legal() {
        let payload = Array(repeating: UInt8(0xFF), count: 126)
        let frames: [UInt8] =
            [0x89, 0xFD] + Self.mask + payload.dropLast() + [0x81, 0xFE, 0, 126] + Self.mask + payload
            + [0x8A, 0x00, 0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0] + Self.mask
        #expect(!Self.breaks([frames]))
        #expect(!Self.breaks(frames.map { [$0] }))
    }
}

import NIOCore
import NIOWebSocket
import Testing

@testable import API

@Suite struct InboundFramesTests {
    private func frame(
        _ opcode: WebSocketOpcode, _ payload: [UInt8] = [], fin: Bool = true, isMasked: Bool = true, rsv1: Bool = false
    ) -> WebSocketFrame {
        var frame = WebSocketFrame(
            fin: fin, opcode: opcode, maskKey: isMasked ? [0, 0, 0, 0] : nil, data: ByteBuffer(bytes: payload))
        frame.rsv1 = rsv1
        return frame
    }

    private func close(_ code: UInt16) -> WebSocketFrame {
        frame(.connectionClose, [UInt8(code >> 8), UInt8(code & 0xFF)])
    }

    @Test("what a client may send ends nothing")
    func legal() {
        var inbound = InboundFrames()
        for sent in [
            frame(.ping), frame(.pong, [1]), frame(.text, [1, 2]), frame(.binary), frame(.text, [1], fin: false),
            frame(.ping), frame(.continuation, [2]), frame(.connectionClose), close(1000), close(1014), close(3000),
            close(4999),
        ] {
            #expect(inbound.violation(of: sent) == nil)
        }
    }

    @Test("an unmasked frame, a reserved bit, an unknown opcode and an illegal close are protocol errors")
    func protocolErrors() {
        for sent in [
            frame(.text, [1], isMasked: false), frame(.ping, rsv1: true),
            frame(WebSocketOpcode(encodedWebSocketOpcode: 3)!),
            frame(.continuation), frame(.ping, fin: false), frame(.connectionClose, [1]), close(999), close(1004),
            close(1005), close(1006), close(1015), close(2999), close(5000),
        ] {
            var inbound = InboundFrames()
            #expect(inbound.violation(of: sent) == .protocolError)
        }
    }

    @Test("a message of more than 64 bytes is too large, in however many fragments it comes")
    func fragments() {
        var inbound = InboundFrames()
        #expect(inbound.violation(of: frame(.text, Array(repeating: 1, count: 40), fin: false)) == nil)
        #expect(inbound.violation(of: frame(.continuation, Array(repeating: 1, count: 24), fin: false)) == nil)
        #expect(inbound.violation(of: frame(.continuation, [1])) == .messageTooLarge)
        var other = InboundFrames()
        #expect(other.violation(of: frame(.text, [1], fin: false)) == nil)
        #expect(other.violation(of: frame(.text, [1])) == .protocolError)
    }
}

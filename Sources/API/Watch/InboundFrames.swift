import NIOCore
import NIOWebSocket

/// What a client may send on a watch: pings, pongs, closes, and messages that mean nothing, of at most 64 bytes. Pure;
/// tells with which code the connection ends when the client breaks the protocol.
/// Rules: RFC 6455, sections 5 and 7.4.1; the bound is service-center's.
struct InboundFrames {
    /// The opcode of the message that has begun, and what has come of it.
    private var message: (opcode: WebSocketOpcode, bytes: ByteBuffer)?

    /// The code with which a frame ends the connection; nil when it is as it should be.
    mutating func violation(of frame: WebSocketFrame) -> WebSocketErrorCode? {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .protocolError }
        switch frame.opcode {
        case .ping, .pong: return frame.fin ? nil : .protocolError
        case .connectionClose: return violation(ofClose: frame)
        case .text, .binary:
            guard message == nil else { return .protocolError }
            message = (frame.opcode, ByteBuffer())
        case .continuation:
            guard message != nil else { return .protocolError }
        default: return .protocolError
        }
        guard (message?.bytes.readableBytes ?? 0) + frame.length <= WatchUpgrade.maxMessageBytes else {
            return .messageTooLarge
        }
        message?.bytes.writeImmutableBuffer(frame.unmaskedData)
        guard frame.fin else { return nil }
        defer { message = nil }
        guard let message, message.opcode == .text else { return nil }
        return InboundFrames.isText(message.bytes) ? nil : .dataInconsistentWithMessage
    }

    /// No code at all, or one that may stand on the wire, with a text behind it.
    private func violation(ofClose frame: WebSocketFrame) -> WebSocketErrorCode? {
        var payload = frame.unmaskedData
        guard frame.fin, let code = payload.readInteger(as: UInt16.self) else {
            return frame.length == 0 ? nil : .protocolError
        }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999:
            return InboundFrames.isText(payload) ? nil : .dataInconsistentWithMessage
        default: return .protocolError
        }
    }

    private static func isText(_ bytes: ByteBuffer) -> Bool {
        String(validating: bytes.readableBytesView, as: UTF8.self) != nil
    }
}

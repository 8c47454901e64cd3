import NIOCore
import NIOWebSocket

/// What a client may send on a watch: pings, pongs, closes, and messages that mean nothing, of at most 64 bytes. Pure;
/// tells with which code the connection ends when the client breaks the protocol.
/// Rules: RFC 6455, sections 5 and 7.4.1; the bound is service-center's.
struct InboundFrames {
    private var isInMessage = false
    private var messageBytes = 0

    /// The code with which a frame ends the connection; nil when it is as it should be.
    mutating func violation(of frame: WebSocketFrame) -> WebSocketErrorCode? {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .protocolError }
        switch frame.opcode {
        case .ping, .pong: return frame.fin ? nil : .protocolError
        case .connectionClose: return isLegalClose(frame) ? nil : .protocolError
        case .text, .binary:
            guard !isInMessage else { return .protocolError }
            messageBytes = 0
        case .continuation:
            guard isInMessage else { return .protocolError }
        default: return .protocolError
        }
        isInMessage = !frame.fin
        messageBytes += frame.length
        return messageBytes > WatchUpgrade.maxInboundBytes ? .messageTooLarge : nil
    }

    /// No code at all, or one that may stand on the wire.
    private func isLegalClose(_ frame: WebSocketFrame) -> Bool {
        var payload = frame.unmaskedData
        guard frame.fin, let code = payload.readInteger(as: UInt16.self) else { return frame.length == 0 }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: return true
        default: return false
        }
    }
}

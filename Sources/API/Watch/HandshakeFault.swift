import NIOHTTP1
import ServiceCenterWire

/// What is wrong with a request that was to open a WebSocket.
/// Rule: RFC 6455, section 4.2.1.
enum HandshakeFault {
    case noUpgrade
    case noConnectionUpgrade
    case noHTTP11
    case noKey
    case otherVersion

    /// The first fault of a request; nil for a handshake as it should be.
    init?(_ head: HTTPRequestHead) {
        // 16 bytes in base64 are 22 digits and two signs of padding.
        let keys = head.headers["Sec-WebSocket-Key"]
        if head.method != .GET || !head.asksForWebSocket {
            self = .noUpgrade
        } else if head.version != .http1_1 {
            self = .noHTTP11
        } else if !head.asksForUpgrade {
            self = .noConnectionUpgrade
        } else if head.headers[canonicalForm: "Sec-WebSocket-Version"] != ["13"] {
            self = .otherVersion
        } else if keys.count != 1 || keys[0].utf8.count != 24 || !keys[0].hasSuffix("==") {
            self = .noKey
        } else {
            return nil
        }
    }

    /// How it is refused.
    var answer: Response {
        let reason =
            switch self {
            case .noUpgrade: "this is a WebSocket: ask for an upgrade"
            case .noHTTP11: "a WebSocket begins with HTTP/1.1"
            case .noConnectionUpgrade: "a WebSocket is asked for with 'Connection: Upgrade'"
            case .noKey: "a WebSocket is asked for with one 'Sec-WebSocket-Key' of 16 bytes in base64"
            case .otherVersion: "a WebSocket is asked for with 'Sec-WebSocket-Version: 13'"
            }
        let error = ServiceCenterError(.invalidParameters, reason)
        guard case .otherVersion = self else { return .refusal(error) }
        return .json(error.body, status: .upgradeRequired).adding("Sec-WebSocket-Version", "13")
            .adding("Upgrade", "websocket")
    }
}

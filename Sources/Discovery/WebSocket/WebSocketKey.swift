import CCrypto

/// What a client makes up for one handshake, and by which it knows the answer to it.
/// Rule: RFC 6455, section 1.3.
package struct WebSocketKey: Sendable, Equatable {
    /// `Sec-WebSocket-Key`: 16 bytes in base64.
    package let text: String

    package init(text: String) { self.text = text }

    static func random() -> WebSocketKey {
        WebSocketKey(text: base64((0..<16).map { _ in UInt8.random(in: .min ... .max) }))
    }

    /// `Sec-WebSocket-Accept` of who has read this key.
    package var acceptance: String {
        let salted = Array((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(salted, salted.count, &digest)
        return WebSocketKey.base64(digest)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        // Four digits for three bytes, and the zero that ends a text in C.
        var digits = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        _ = EVP_EncodeBlock(&digits, bytes, Int32(bytes.count))
        return String(decoding: digits.dropLast(), as: UTF8.self)
    }
}

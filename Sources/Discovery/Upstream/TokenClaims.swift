import Registry
import ServiceCenterWire

/// What a JSON Web Token says of its own end (RFC 7519, sections 4.1.4 and 4.1.6); nothing is verified.
enum TokenClaims {
    /// How long the token lasts from now on: from when it was given, if it says when, so that an upstream whose clock
    /// is off does no harm. Nil for a token that does not say, or is none of this kind.
    static func lifetime(of token: String, at now: UnixTime) -> Duration? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = base64(parts[1]), let claims = try? times(in: payload),
            let end = claims.end
        else { return nil }
        let start = claims.start ?? Int64(now.seconds)
        let (seconds, isTooLong) = end.subtractingReportingOverflow(start)
        guard !isTooLong, seconds > 0 else { return nil }
        return .seconds(min(seconds, 100 * 365 * 86_400))
    }

    private static func times(in payload: [UInt8]) throws(JSONError) -> (start: Int64?, end: Int64?) {
        try JSONReader.read(payload) { reader throws(JSONError) in
            var times: (start: Int64?, end: Int64?) = (nil, nil)
            try reader.members { reader, key throws(JSONError) in
                if reader.equals(key, "exp") {
                    times.end = try reader.integer()
                } else if reader.equals(key, "iat") {
                    times.start = try reader.integer()
                } else {
                    try reader.skip()
                }
            }
            return times
        }
    }

    /// In the alphabet for URLs, without padding (RFC 4648, section 5).
    private static func base64(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for letter in text.utf8 {
            let value: UInt8
            switch letter {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = letter - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = letter - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = letter - UInt8(ascii: "0") + 52
            case UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }
}

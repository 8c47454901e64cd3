import NIOCore

/// Looks at the lengths of a client's frames before they are decoded: the decoder does not ask for the shortest form,
/// nor does it tell a control frame that is too long from a message that is. Pure.
/// Rules: RFC 6455, sections 5.2 and 5.5.
struct FrameLengths {
    private enum State {
        case start
        case header(isControl: Bool)
        case length(longForm: Bool, isMasked: Bool, left: Int, value: UInt64)
        /// So many bytes of mask and payload are still to come.
        case rest(UInt64)
    }

    private var state = State.start

    /// Whether a length in these bytes, which follow those before, breaks the rules.
    mutating func areBroken(by bytes: ByteBufferView) -> Bool {
        for byte in bytes {
            guard let next = FrameLengths.state(after: byte, in: state) else { return true }
            state = next
        }
        return false
    }

    /// Where the next byte stands; nil for a breach.
    private static func state(after byte: UInt8, in state: State) -> State? {
        switch state {
        case .start: return .header(isControl: byte & 0x08 != 0)
        case .header(let isControl):
            let (length, isMasked) = (byte & 0x7F, byte & 0x80 != 0)
            guard length >= 126 else { return rest(UInt64(length), isMasked) }
            if isControl { return nil }
            return .length(longForm: length == 127, isMasked: isMasked, left: length == 127 ? 8 : 2, value: 0)
        case .length(let longForm, let isMasked, let left, let former):
            let value = former << 8 | UInt64(byte)
            guard left == 1 else {
                return .length(longForm: longForm, isMasked: isMasked, left: left - 1, value: value)
            }
            guard value >= (longForm ? 65_536 : 126), value >> 63 == 0 else { return nil }
            return rest(value, isMasked)
        case .rest(let left): return left == 1 ? .start : .rest(left - 1)
        }
    }

    private static func rest(_ length: UInt64, _ isMasked: Bool) -> State {
        let left = length + (isMasked ? 4 : 0)
        return left == 0 ? .start : .rest(left)
    }
}

/// A version as a number: up to four parts of 0 to 32767, the missing ones 0. `1.2` equals `1.2.0`.
/// Rule: service-center `VersionToInt64`.
package struct VersionNumber: Hashable, Sendable, Comparable {
    private let packed: UInt64

    package static let zero = VersionNumber(packed: 0)

    private init(packed: UInt64) { self.packed = packed }

    /// Nil for anything but one to four numbers of at most 32767, separated by dots.
    package init?(_ text: some StringProtocol) {
        var packed: UInt64 = 0
        var part: UInt64 = 0
        var digits = 0
        var parts = 1
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                part = part * 10 + UInt64(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 32_767 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, parts < 4 else { return nil }
                packed = packed << 16 | part
                (part, digits) = (0, 0)
                parts += 1
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        packed = packed << 16 | part
        self.packed = packed << UInt64(16 * (4 - parts))
    }

    package static func < (left: VersionNumber, right: VersionNumber) -> Bool { left.packed < right.packed }
}

/// A 128-bit fingerprint of bytes: the same in every process and on every machine, so that two replicas that hold the
/// same content derive the same revision. Not a cryptographic hash. Digests of a set's members are combined with `+`,
/// which does not depend on their order.
package struct Digest: Hashable, Sendable {
    package private(set) var high: UInt64
    package private(set) var low: UInt64

    /// The digest of nothing: the neutral element of `+`.
    package static let zero = Digest(high: 0, low: 0)

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The digest of some bytes; linear in their number, eight at a time.
    package init(of bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) {
        var first: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ seed
        var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F &+ UInt64(bytes.count)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            first = Digest.mix(first ^ word, 0x9FB2_1C65_1E98_DF25)
            second = Digest.mix(second &+ word, 0xD6E8_FEB8_6659_FD93)
            offset &+= 8
        }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = (tail << 8) | UInt64(bytes[offset])
            offset &+= 1
        }
        high = Digest.mix(first ^ tail, 0xA076_1D64_78BD_642F ^ second)
        low = Digest.mix(second &+ tail, 0xE703_7ED1_A0B4_28DB ^ first)
    }

    /// The digest of a text's UTF-8 bytes.
    package init(of text: String, seed: UInt64 = 0) {
        var text = text
        self = text.withUTF8 { Digest(of: UnsafeRawBufferPointer($0), seed: seed) }
    }

    /// The digest of bytes in an array.
    package init(of bytes: [UInt8], seed: UInt64 = 0) {
        self = bytes.withUnsafeBytes { Digest(of: $0, seed: seed) }
    }

    /// Folds a 64 × 64 bit product: every input bit reaches every output bit.
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right | 1)
        return product.high ^ product.low ^ (left >> 29)
    }

    package static func + (left: Digest, right: Digest) -> Digest {
        Digest(high: left.high &+ right.high, low: left.low &+ right.low)
    }

    package static func - (left: Digest, right: Digest) -> Digest {
        Digest(high: left.high &- right.high, low: left.low &- right.low)
    }

    /// This digest followed by another one: depends on their order.
    package func then(_ next: Digest) -> Digest {
        Digest(
            high: Digest.mix(high ^ next.low, 0x8EBC_6AF0_9C88_C6E3),
            low: Digest.mix(low &+ next.high, 0x5896_36E6_9A5D_2F93 ^ next.low)
        )
    }

    /// 32 lower-case hexadecimal digits.
    package var hex: String {
        func padded(_ word: UInt64) -> String {
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return padded(high) + padded(low)
    }
}

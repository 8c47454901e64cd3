/// A gzip file that decodes to nothing but the character `0`, at 1032 bytes for one: as much as gzip can do, made here
/// because no tool for it is sure to be there (RFC 1951, RFC 1952).
struct GzippedZeros {
    /// A few hundred bytes, a hundred thousand decoded.
    static let small = GzippedZeros(runs: 100, checksum: 0xCF6D_C045)
    /// About 97 KB, a hundred million decoded.
    static let large = GzippedZeros(runs: 97_000, checksum: 0x5CE3_BD99)

    let bytes: [UInt8]
    let decodedCount: Int

    /// - Parameters:
    ///   - runs: how many zero bytes stand in the middle; each says four times "the last byte, 258 times more".
    ///   - checksum: CRC-32 of what the whole decodes to.
    private init(runs: Int, checksum: UInt32) {
        decodedCount = 1033 + 1032 * runs
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        // A single deflate block, as zlib begins and ends it.
        let begin: [UInt8] = [0xED, 0xC1, 0x81, 0, 0, 0, 0, 0xC3, 0x20, 0xA5, 0xF9, 0xD3, 0x1D, 0xE4, 0x55, 0x01]
        let end: [UInt8] = [0xF7, 0x06]
        let trailer = Self.littleEndian(checksum) + Self.littleEndian(UInt32(decodedCount))
        bytes = header + begin + [UInt8](repeating: 0, count: runs) + end + trailer
    }

    private static func littleEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}

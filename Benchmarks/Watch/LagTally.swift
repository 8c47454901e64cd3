/// How long deliveries took, in buckets that grow by 3 %.
struct LagTally: Sendable {
    private var counts = [Int](repeating: 0, count: 40 * 32)
    private(set) var total = 0

    mutating func add(nanoseconds: UInt64) {
        total += 1
        counts[LagTally.bucket(max(1, nanoseconds))] += 1
    }

    mutating func add(_ other: LagTally) {
        total += other.total
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// In milliseconds; 0 when nothing was counted.
    func quantile(_ part: Double) -> Double {
        let rank = Int((Double(total) * part).rounded(.up))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank, seen > 0 { return LagTally.nanoseconds(bucket) / 1e6 }
        }
        return 0
    }

    private static func bucket(_ value: UInt64) -> Int {
        let exponent = 63 - value.leadingZeroBitCount
        let part = exponent >= 5 ? Int(value >> UInt64(exponent - 5)) & 31 : 0
        return min(exponent * 32 + part, 40 * 32 - 1)
    }

    private static func nanoseconds(_ bucket: Int) -> Double {
        Double(sign: .plus, exponent: bucket / 32, significand: 1 + Double(bucket % 32) / 32)
    }
}

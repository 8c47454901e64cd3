package import Registry

/// Quantiles of durations over the last minutes, to within a tenth: counts in buckets that grow by an eighth of an
/// octave, in two windows that take turns.
/// Rule: a Prometheus summary, which forgets what is older than ten minutes.
package struct LagSketch: Sendable {
    private static let window = Duration.seconds(300)
    /// Eight buckets for each power of two microseconds, up to some 19 hours.
    private static let buckets = 36 * 8

    private var current = [UInt64](repeating: 0, count: LagSketch.buckets)
    private var former = [UInt64](repeating: 0, count: LagSketch.buckets)
    private var windowBegan: UnixTime?
    /// Of all that were ever observed.
    package private(set) var count = 0
    package private(set) var microseconds = 0.0

    package init() {}

    /// Counts a duration, or `times` equal ones.
    package mutating func observe(_ duration: Duration, times: Int, at now: UnixTime) {
        let (seconds, attoseconds) = duration.components
        let value = max(0, Double(seconds) * 1e6 + Double(attoseconds) * 1e-12)
        count += times
        microseconds += value * Double(times)
        turn(at: now)
        current[LagSketch.bucket(value)] += UInt64(times)
    }

    /// The duration in microseconds that this part of the recent ones does not exceed; nil when there were none.
    package func quantile(_ part: Double) -> Double? {
        let total = zip(current, former).reduce(0) { $0 + $1.0 + $1.1 }
        guard total > 0 else { return nil }
        let rank = UInt64((Double(total) * part).rounded(.up))
        var seen: UInt64 = 0
        for index in current.indices {
            seen += current[index] + former[index]
            if seen >= rank { return LagSketch.bound(of: index) }
        }
        return nil
    }

    private mutating func turn(at now: UnixTime) {
        guard let began = windowBegan else {
            windowBegan = now
            return
        }
        let age = now.since(began)
        guard age >= LagSketch.window else { return }
        former = age >= LagSketch.window * 2 ? Array(repeating: 0, count: LagSketch.buckets) : current
        current = Array(repeating: 0, count: LagSketch.buckets)
        windowBegan = now
    }

    private static func bucket(_ microseconds: Double) -> Int {
        guard microseconds >= 1 else { return 0 }
        let exponent = Int(microseconds.exponent)
        let part = Int((microseconds.significand - 1) * 8)
        return min(exponent * 8 + part + 1, buckets - 1)
    }

    private static func bound(of bucket: Int) -> Double {
        guard bucket > 0 else { return 1 }
        let (exponent, part) = ((bucket - 1) / 8, (bucket - 1) % 8)
        return Double(sign: .plus, exponent: exponent, significand: 1 + Double(part + 1) / 8)
    }
}

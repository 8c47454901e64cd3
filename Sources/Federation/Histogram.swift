/// How often values fell under fixed bounds, as Prometheus counts them.
package struct Histogram: Sendable {
    /// Upper bounds in seconds, ascending; what is above the last one is counted in the total only.
    package let bounds: [Double]
    /// How many values were at most the bound of the same index and above the one before.
    package private(set) var counts: [Int]
    package private(set) var total = 0
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    /// Counts a value, or `times` equal ones.
    package mutating func observe(_ seconds: Double, times: Int = 1) {
        total += times
        sum += seconds * Double(times)
        if let index = bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += times }
    }

    /// Takes in what another one of the same bounds has counted.
    package mutating func add(_ other: Histogram) {
        total += other.total
        sum += other.sum
        for index in counts.indices { counts[index] += other.counts[index] }
    }
}

extension Duration {
    /// As a number of seconds.
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

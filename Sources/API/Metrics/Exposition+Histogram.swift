import Federation

extension Exposition {
    /// A histogram's samples: cumulative buckets, sum and count.
    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var cumulative = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            cumulative += count
            sample("\(name)_bucket", labels + [("le", "\(bound)")], cumulative)
        }
        sample("\(name)_bucket", labels + [("le", "+Inf")], histogram.total)
        sample("\(name)_sum", labels, histogram.sum)
        sample("\(name)_count", labels, histogram.total)
    }
}

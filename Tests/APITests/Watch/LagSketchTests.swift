import API
import Registry
import TestSupport
import Testing

@Suite struct LagSketchTests {
    private func time(_ seconds: Int64) -> UnixTime { UnixTime(nanoseconds: seconds * 1_000_000_000) }

    @Test("a quantile is at most an eighth above the true one", arguments: 1...5 as ClosedRange<UInt64>)
    func quantiles(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var sketch = LagSketch()
        let values = (0..<1_000).map { _ in 1 + random.below(1 << random.below(24)) }
        for value in values { sketch.observe(.microseconds(value), times: 2, at: time(1)) }
        let sorted = values.sorted()
        for part in [0.5, 0.9, 0.99] {
            let exact = Double(sorted[Int((1_000 * part).rounded(.up)) - 1])
            let estimate = try #require(sketch.quantile(part))
            #expect(estimate >= exact && estimate <= exact * 1.126, "\(part)")
        }
        #expect(sketch.count == 2_000)
        #expect(sketch.microseconds == Double(values.reduce(0, +) * 2))
    }

    @Test("what is older than ten minutes is forgotten, but for the totals")
    func forgets() throws {
        var sketch = LagSketch()
        #expect(sketch.quantile(0.5) == nil)
        sketch.observe(.seconds(1), times: 1, at: time(0))
        sketch.observe(.milliseconds(1), times: 1, at: time(301))
        #expect(try #require(sketch.quantile(0.99)) > 1e6)
        sketch.observe(.milliseconds(1), times: 1, at: time(602))
        #expect(try #require(sketch.quantile(0.99)) < 2e3)
        #expect(sketch.count == 3)
    }
}

import Federation
import Testing

@Suite struct HistogramTests {
    @Test func `A value is counted under the first bound that it does not pass`() {
        var histogram = Histogram(bounds: [0.1, 1, 10])
        for seconds in [0.05, 0.1, 0.11, 1, 9.9, 11] { histogram.observe(seconds) }
        #expect(histogram.counts == [2, 2, 1])
        #expect(histogram.total == 6)
        #expect(abs(histogram.sum - 22.16) < 0.000_001)
    }

    @Test func `A duration is a number of seconds`() {
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
        #expect(abs(Duration.nanoseconds(1).seconds - 1e-9) < 1e-15)
        #expect(Duration.zero.seconds == 0)
    }
}

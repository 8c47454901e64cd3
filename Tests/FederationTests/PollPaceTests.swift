import Federation
import Testing

@Suite struct PollPaceTests {
    private static func pace(to most: Duration = .seconds(120)) -> PollPace {
        PollPace(interval: .seconds(10), maxInterval: most)
    }

    @Test func `Without an upper bound the interval stays`() {
        for most in [Duration.seconds(10), .seconds(1)] {
            var pace = Self.pace(to: most)
            for _ in 0..<100 { pace.succeeded(took: .seconds(60), foundChange: false) }
            #expect(pace.pause == .seconds(10))
        }
    }

    @Test func `The pause doubles while nothing is found, after some reads, up to its bound`() {
        var pace = Self.pace()
        let pauses = (0..<8).map { _ in
            pace.succeeded(took: .zero, foundChange: false)
            return pace.pause
        }
        #expect(pauses == [10, 10, 10, 20, 40, 80, 120, 120].map { .seconds($0) })
        for _ in 0..<100 { pace.succeeded(took: .zero, foundChange: false) }
        #expect(pace.pause == .seconds(120))
    }

    @Test func `A change that is found, or a failure, brings the interval back`() {
        var quiet = Self.pace()
        for _ in 0..<8 { quiet.succeeded(took: .zero, foundChange: false) }
        var (changed, failed) = (quiet, quiet)
        changed.succeeded(took: .zero, foundChange: true)
        failed.failed()
        #expect(changed.pause == .seconds(10))
        #expect(failed.pause == .seconds(10))
    }

    @Test func `A read takes at most a fifth of the pause before the next one, within the bounds`() {
        var pace = Self.pace()
        for (took, pause) in [(1, 10), (2, 10), (3, 15), (20, 100), (60, 120), (1, 10)] {
            pace.succeeded(took: .seconds(took), foundChange: true)
            #expect(pace.pause == .seconds(pause))
        }
    }
}

import Discovery
import Testing

@Suite struct BackoffTests {
    @Test(arguments: [
        (0, 30_000), (1, 500), (2, 1_000), (3, 2_000), (4, 4_000), (5, 8_000), (6, 16_000), (7, 30_000), (8, 30_000),
        (22, 30_000), (64, 30_000), (Int.max, 30_000),
    ])
    func `The pause doubles from half a second up to the interval`(failures: Int, milliseconds: Int) {
        let backoff = Backoff(interval: .seconds(30))
        #expect(backoff.pause(afterFailures: failures, jitter: 0) == .milliseconds(milliseconds))
    }

    @Test(arguments: [(0.0, 1_000), (0.5, 900), (0.75, 850)])
    func `Jitter takes up to a fifth away`(jitter: Double, milliseconds: Int) {
        let pause = Backoff(interval: .seconds(30)).pause(afterFailures: 2, jitter: jitter)
        #expect(pause > .milliseconds(milliseconds) - .microseconds(1))
        #expect(pause < .milliseconds(milliseconds) + .microseconds(1))
    }

    @Test func `After a success there is no jitter`() {
        #expect(Backoff(interval: .seconds(30)).pause(afterFailures: 0, jitter: 0.9) == .seconds(30))
    }

    @Test func `An interval shorter than the first pause is the pause after failures too`() {
        let backoff = Backoff(interval: .milliseconds(100))
        #expect(backoff.first == .milliseconds(100))
        for failures in 0...3 { #expect(backoff.pause(afterFailures: failures, jitter: 0) == .milliseconds(100)) }
    }

    @Test func `An interval of hours and endless failures do not overflow`() {
        let backoff = Backoff(interval: .seconds(1_000_000_000), first: .seconds(1_000))
        for failures in [21, 22, 63, 64, 65, Int.max] {
            let pause = backoff.pause(afterFailures: failures, jitter: 0)
            #expect(pause > .seconds(999_999_999) && pause < .seconds(1_000_000_001))
        }
    }
}

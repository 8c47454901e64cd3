import Registry
import TestSupport
import Testing

@testable import Discovery

@Suite("The health of endpoints")
struct EndpointHealthTests {
    @Test("is the same for all of them at first: the declared order counts")
    func first() {
        let health = EndpointHealth(["a", "b", "c"])
        #expect(health.order(at: .zero) == [0, 1, 2])
        #expect(health.statuses(at: .zero).map(\.state) == [.unknown, .unknown, .unknown])
        #expect(health.statuses(at: .zero).map(\.score) == [1, 1, 1])
    }

    @Test("puts one that failed behind all others until its backoff is over, and who answered last in front")
    func failing() {
        var health = EndpointHealth(["a", "b", "c"])
        health.fail(0, at: 0)
        #expect(health.order(at: .zero) == [1, 2, 0])
        health.succeeded(2, at: .seconds(1))
        #expect(health.order(at: .seconds(1)) == [2, 1, 0])
        health.fail(2, at: 2)
        #expect(health.order(at: .seconds(2)) == [1, 0, 2])
        // Its backoff is over, but nothing speaks for it as long as another one answers.
        health.succeeded(1, at: .seconds(2))
        #expect(health.order(at: .seconds(3_000)).first == 1)
    }

    @Test("asks the one first that rested longest when all of them fail, with a backoff that doubles up to a minute")
    func allFail() {
        var health = EndpointHealth(["a", "b"])
        var seconds = 0.0
        for _ in 0..<12 {
            let first = health.order(at: .seconds(seconds))[0]
            health.fail(first, at: seconds)
            #expect(health.order(at: .seconds(seconds))[0] == 1 - first)
            seconds += 0.1
        }
        #expect(health.statuses(at: .zero).map(\.consecutiveFailures) == [6, 6])
        var lone = EndpointHealth(["a", "b"])
        for _ in 0..<20 { lone.fail(0, at: 0) }
        for seconds in [59.0, 61] {
            lone.fail(1, at: seconds - 0.4)
            #expect(lone.order(at: .seconds(seconds))[0] == (seconds < 60 ? 1 : 0))
        }
    }

    @Test("leaves one that is slow for one that was not asked yet, and does not let equals take turns")
    func latency() {
        var health = EndpointHealth(["a", "b"])
        health.answer(0, after: .milliseconds(50), at: 0)
        #expect(health.order(at: .seconds(0))[0] == 0)
        for second in 1..<6 { health.answer(0, after: .seconds(1), at: Double(second)) }
        #expect(health.order(at: .seconds(6))[0] == 1)
        health.answer(1, after: .milliseconds(900), at: 6)
        for second in 7..<60 {
            #expect(health.order(at: .seconds(second))[0] == 1)
            health.answer(1, after: .milliseconds(900), at: Double(second))
        }
    }

    @Test("forgets: a score that fell goes back to 1 by and by")
    func fading() {
        var health = EndpointHealth(["a"])
        for second in 0..<5 { health.fail(0, at: Double(second)) }
        let scores = [5, 60, 125, 600, 10_000].map { health.statuses(at: .seconds($0))[0].score }
        #expect(scores[0] < 0.1)
        #expect(scores == scores.sorted())
        #expect(scores[4] == 1)
    }

    @Test("shows when and why an endpoint failed last, also after it answers again")
    func shown() {
        var health = EndpointHealth(["a"])
        health.failed(
            0, "no route", at: .seconds(1), time: UnixTime(nanoseconds: 7_000_000_000), jitter: 0)
        #expect(health.statuses(at: .seconds(1))[0].state == .failing)
        health.succeeded(0, at: .seconds(2))
        let status = health.statuses(at: .seconds(2))[0]
        #expect(status.state == .healthy)
        #expect(status.consecutiveFailures == 0)
        #expect(status.lastFailure?.at.seconds == 7)
        #expect(status.lastFailure?.reason == "no route")
    }

    @Test(
        "orders every endpoint once, whatever happened, and one that rests never before one that does not",
        arguments: 0..<50)
    func laws(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var health = EndpointHealth((0..<5).map { "e\($0)" })
        var now = 0.0
        for _ in 0..<200 {
            now += Double.random(in: 0..<5, using: &random)
            let index = Int.random(in: 0..<5, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: health.fail(index, at: now)
            case 1: health.succeeded(index, at: .seconds(now))
            default: health.answer(index, after: .seconds(Double.random(in: 0..<3, using: &random)), at: now)
            }
            #expect(health.order(at: .seconds(now)).sorted() == [0, 1, 2, 3, 4])
            let statuses = health.statuses(at: .seconds(now))
            #expect(statuses.allSatisfy { (0...1).contains($0.score) })
            let order = health.order(at: .seconds(now + 3_600))
            #expect(order.sorted() == [0, 1, 2, 3, 4])
            if let healthy = statuses.firstIndex(where: { $0.state == .healthy }), statuses[index].state == .failing {
                let order = health.order(at: .seconds(now))
                let places = (order.firstIndex(of: healthy) ?? 0, order.firstIndex(of: index) ?? 0)
                #expect(places.0 < places.1)
            }
        }
    }
}

extension EndpointHealth {
    fileprivate mutating func fail(_ index: Int, at seconds: Double) {
        failed(index, "", at: .seconds(seconds), time: UnixTime(nanoseconds: 0), jitter: 0)
    }

    fileprivate mutating func answer(_ index: Int, after latency: Duration, at seconds: Double) {
        answered(index, after: latency, at: .seconds(seconds))
        succeeded(index, at: .seconds(seconds))
    }
}

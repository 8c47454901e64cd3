import Registry
import Testing

@testable import Discovery

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    private let reason = SourceFailure.timedOut("x")

    @Test("lets calls through until as many as declared failed in a row")
    func opens() {
        var breaker = CircuitBreaker(limit: 3)
        for _ in 0..<2 { breaker.call(reason) }
        breaker.succeeded()
        for _ in 0..<3 {
            #expect(breaker.refusal(at: .zero) == nil)
            breaker.failed(reason, at: .zero, jitter: 0)
        }
        let refusal = breaker.refusal(at: .milliseconds(999))
        #expect(refusal?.description.contains("after 3 failures") == true)
        #expect(refusal?.description.contains("did not answer in time: x") == true)
    }

    @Test("lets one call find out after a while: its success closes it, its failure opens it for twice as long")
    func probes() {
        var breaker = CircuitBreaker(limit: 1)
        breaker.call(reason)
        var now = Duration.zero
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            now += .seconds(pause)
            #expect(breaker.refusal(at: now - .milliseconds(1)) != nil)
            #expect(breaker.refusal(at: now) == nil)
            #expect(breaker.refusal(at: now) != nil)
            breaker.failed(reason, at: now, jitter: 0)
        }
        #expect(breaker.refusal(at: now + .seconds(30)) == nil)
        breaker.succeeded()
        #expect(breaker.refusal(at: now + .seconds(30)) == nil)
        breaker.failed(reason, at: now, jitter: 0)
        #expect(breaker.refusal(at: now + .seconds(1)) == nil)
    }

    @Test("is no judge of calls that were cancelled: the next one finds out")
    func cancelled() {
        var breaker = CircuitBreaker(limit: 1)
        breaker.call(reason)
        #expect(breaker.refusal(at: .seconds(1)) == nil)
        breaker.givenUp(at: .seconds(1))
        #expect(breaker.refusal(at: .seconds(1)) == nil)
        breaker.succeeded()
        breaker.givenUp(at: .seconds(1))
        #expect(breaker.refusal(at: .seconds(1)) == nil)
    }

    @Test("is closed by a success of any kind, and not opened longer by calls that began before it opened")
    func late() {
        var breaker = CircuitBreaker(limit: 1)
        for _ in 0..<5 { breaker.failed(reason, at: .zero, jitter: 0) }
        #expect(breaker.refusal(at: .milliseconds(999)) != nil)
        #expect(breaker.refusal(at: .seconds(1)) == nil)
        breaker.failed(reason, at: .seconds(1), jitter: 0)
        breaker.succeeded()
        #expect(breaker.refusal(at: .seconds(1)) == nil)
    }
}

extension CircuitBreaker {
    fileprivate mutating func call(_ reason: SourceFailure) {
        if refusal(at: .zero) == nil { failed(reason, at: .zero, jitter: 0) }
    }
}

import Federation
import Registry
import Testing

@Suite struct SourceLifecycleTests {
    private var lifecycle = SourceLifecycle(
        SourceStatus(source: SourceID("a"), plugin: "scripted", endpoints: [], since: UnixTime(nanoseconds: 1)))

    @Test func `A source begins as starting, since it was declared`() {
        #expect(lifecycle.status.state == .starting)
        #expect(lifecycle.status.since == UnixTime(nanoseconds: 1))
        #expect(lifecycle.status.lastSuccess == nil)
        #expect(lifecycle.status.lastFailure == nil)
    }

    @Test mutating func `Its first success makes it synced`() {
        let transition = lifecycle.succeeded(at: UnixTime(nanoseconds: 5), upstreamName: "upstream")
        #expect(states(transition) == [.starting, .synced])
        #expect(lifecycle.status.since == UnixTime(nanoseconds: 5))
        #expect(lifecycle.status.lastSuccess == UnixTime(nanoseconds: 5))
        #expect(lifecycle.status.upstreamName == "upstream")
    }

    @Test mutating func `Its first failure makes it stale`() {
        let transition = lifecycle.failed(.unreachable("x"), at: UnixTime(nanoseconds: 5))
        #expect(states(transition) == [.starting, .stale])
        #expect(lifecycle.status.lastFailure?.reason == .unreachable("x"))
        #expect(lifecycle.status.lastFailure?.at == UnixTime(nanoseconds: 5))
        #expect(lifecycle.status.lastSuccess == nil)
    }

    @Test mutating func `It goes from synced to stale and back, each time with a transition`() {
        _ = lifecycle.succeeded(at: UnixTime(nanoseconds: 2), upstreamName: nil)
        let fall = lifecycle.failed(.timedOut("x"), at: UnixTime(nanoseconds: 3))
        #expect(states(fall) == [.synced, .stale])
        let rise = lifecycle.succeeded(at: UnixTime(nanoseconds: 4), upstreamName: nil)
        #expect(states(rise) == [.stale, .synced])
    }

    @Test mutating func `The same outcome again is no transition, and leaves since as it was`() {
        _ = lifecycle.succeeded(at: UnixTime(nanoseconds: 2), upstreamName: nil)
        let success = lifecycle.succeeded(at: UnixTime(nanoseconds: 3), upstreamName: nil)
        #expect(success == nil)
        #expect(lifecycle.status.since == UnixTime(nanoseconds: 2))
        #expect(lifecycle.status.lastSuccess == UnixTime(nanoseconds: 3))
        _ = lifecycle.failed(.unreachable("x"), at: UnixTime(nanoseconds: 4))
        let failure = lifecycle.failed(.timedOut("y"), at: UnixTime(nanoseconds: 5))
        #expect(failure == nil)
        #expect(lifecycle.status.since == UnixTime(nanoseconds: 4))
        #expect(lifecycle.status.lastFailure?.reason == .timedOut("y"))
    }

    @Test mutating func `A failure keeps the last success and counts up, a success counts from zero`() {
        _ = lifecycle.succeeded(at: UnixTime(nanoseconds: 2), upstreamName: "upstream")
        for number in 1...3 {
            _ = lifecycle.failed(.unreachable("x"), at: UnixTime(nanoseconds: 3))
            #expect(lifecycle.status.consecutiveFailures == number)
        }
        #expect(lifecycle.status.lastSuccess == UnixTime(nanoseconds: 2))
        _ = lifecycle.succeeded(at: UnixTime(nanoseconds: 4), upstreamName: nil)
        #expect(lifecycle.status.consecutiveFailures == 0)
        #expect(lifecycle.status.lastFailure != nil)
        #expect(lifecycle.status.upstreamName == "upstream")
    }

    @Test func `What its word becomes next is told while it fails or is old, and not of one that is read`() {
        var staleness = StalenessPolicy()
        (staleness.after, staleness.treatment, staleness.lasting) = (.seconds(90), .demote, .seconds(60))
        var lifecycle = SourceLifecycle(lifecycle.status, staleness: staleness)
        let start = UnixTime(nanoseconds: 0)
        _ = lifecycle.failed(.unreachable("x"), at: start)
        #expect(lifecycle.next(at: .seconds(5)) == nil)
        _ = lifecycle.succeeded(at: start, uptime: .seconds(10), upstreamName: nil)
        #expect(lifecycle.next(at: .seconds(15)) == nil)
        _ = lifecycle.failed(.unreachable("x"), at: start.advanced(by: .seconds(20)))
        #expect(lifecycle.next(at: .seconds(30))?.standing == .demoted)
        #expect(lifecycle.next(at: .seconds(30))?.at == start.advanced(by: .seconds(90)))
        // Its standing is not what its age says yet.
        #expect(lifecycle.next(at: .seconds(100)) == nil)
        _ = lifecycle.age(at: .seconds(100))
        #expect(lifecycle.next(at: .seconds(100))?.standing == .dropped)
        #expect(lifecycle.next(at: .seconds(100))?.at == start.advanced(by: .seconds(150)))
        _ = lifecycle.succeeded(at: start.advanced(by: .seconds(95)), uptime: .seconds(105), upstreamName: nil)
        _ = lifecycle.age(at: .seconds(105))
        #expect(lifecycle.next(at: .seconds(106)) == nil)
    }

    private func states(_ transition: SourceLifecycle.Transition?) -> [SourceStatus.State] {
        if case .state(let from, let to)? = transition { [from, to] } else { [] }
    }
}

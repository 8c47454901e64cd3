import Registry
import Testing

@testable import Discovery

@Suite("The plan of watches")
struct WatchPlanTests {
    private static func part(_ name: String) -> ObservedPart {
        .environment("", of: Tenant(domain: name, project: "default"))
    }

    private static func parts(_ names: String...) -> Set<ObservedPart> { Set(names.map(part)) }

    /// Opens whatever is due.
    private static func open(_ plan: inout WatchPlan, at now: Duration = .zero) {
        while let part = plan.next(at: now) { plan.stood(part, at: now) }
    }

    @Test("opens what is wanted, one after the other, and closes what is not")
    func wanted() {
        var plan = WatchPlan(limit: 10, mayBeMainstem: false)
        #expect(plan.observation == .polled(reason: nil))
        #expect(plan.want(Self.parts("a", "b"), at: .zero) == [])
        #expect(plan.next(at: .zero) == Self.part("a"))
        plan.stood(Self.part("a"), at: .zero)
        #expect(plan.observation == .observed(watches: 1, of: 2, reason: nil))
        #expect(plan.next(at: .zero) == Self.part("b"))
        plan.stood(Self.part("b"), at: .zero)
        #expect(plan.next(at: .zero) == nil)
        #expect(plan.want(Self.parts("b"), at: .zero) == [Self.part("a")])
        #expect(plan.want(Self.parts("b"), at: .zero) == [])
        #expect(plan.observation == .observed(watches: 1, of: 1, reason: nil))
        // Wanted again before it has ended: it is opened anew at once.
        #expect(plan.want(Self.parts("a", "b"), at: .zero) == [])
        #expect(plan.next(at: .zero) == nil)
        let pause = plan.ended(Self.part("a"), .broken("closed"), at: .seconds(1), jitter: 0)
        #expect(pause == .zero)
        #expect(plan.next(at: .seconds(1)) == Self.part("a"))
    }

    @Test("keeps to its limit, and gives a place that is free to who waits")
    func limit() {
        var plan = WatchPlan(limit: 2, mayBeMainstem: false)
        _ = plan.want(Self.parts("b", "c"), at: .zero)
        Self.open(&plan)
        _ = plan.want(Self.parts("a", "b", "c", "d"), at: .zero)
        #expect(plan.next(at: .zero) == nil)
        #expect(
            plan.observation
                == .observed(watches: 2, of: 4, reason: "there are more parts than maxWatches (2) allows"))
        #expect(plan.want(Self.parts("a", "c", "d"), at: .zero) == [Self.part("b")])
        #expect(plan.next(at: .zero) == nil)
        #expect(plan.ended(Self.part("b"), .broken("closed"), at: .zero, jitter: 0) == nil)
        #expect(plan.next(at: .zero) == Self.part("a"))
    }

    @Test("waits longer after each failure, half as long at least, and begins anew after a steady watch")
    func pauses() {
        var plan = WatchPlan(limit: 2, mayBeMainstem: false)
        _ = plan.want(Self.parts("a"), at: .zero)
        let a = Self.part("a")
        var now = Duration.zero
        let pauses = (0..<9).map { _ in
            let pause = plan.ended(a, .broken("no"), at: now, jitter: 0) ?? .zero
            #expect(plan.next(at: now) == nil)
            now += pause
            #expect(plan.next(at: now) == a)
            return pause
        }
        #expect(pauses == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].map { .milliseconds($0) })
        #expect(plan.observation == .polled(reason: "a/default: no"))
        // A watch that breaks at once has not ended the series; one that stood has.
        plan.stood(a, at: now)
        #expect(plan.observation == .observed(watches: 1, of: 1, reason: nil))
        #expect(plan.ended(a, .broken("no"), at: now + .seconds(1), jitter: 0.5) == .seconds(45))
        plan.stood(a, at: now)
        #expect(plan.ended(a, .broken("no"), at: now + .seconds(60), jitter: 1) == .milliseconds(250))
        #expect(plan.ended(a, .refused("never"), at: now, jitter: 0) == .seconds(600))
        #expect(plan.failures(of: a) == 2)
    }

    @Test("asks for the watch of everything first, and for the parts when that is refused")
    func mainstem() {
        var plan = WatchPlan(limit: 2)
        #expect(plan.want([], at: .zero) == [])
        #expect(plan.next(at: .zero) == nil)
        #expect(plan.want(Self.parts("a", "b", "c"), at: .zero) == [])
        #expect(plan.next(at: .zero) == .everything)
        // A failure says nothing about what it is.
        let pause = plan.ended(.everything, .broken("no"), at: .zero, jitter: 0) ?? .zero
        #expect(plan.next(at: pause) == .everything)
        plan.stood(.everything, at: pause)
        #expect(plan.want(Self.parts("a"), at: pause) == [])
        #expect(plan.observation == .observed(watches: 1, of: 1, reason: nil))
        _ = plan.ended(.everything, .broken("no"), at: pause, jitter: 0)
        #expect(plan.ended(.everything, .refused("404"), at: pause, jitter: 0) == nil)
        #expect(plan.next(at: pause) == Self.part("a"))
        #expect(plan.observation == .polled(reason: nil))
        // It has become one since.
        _ = plan.want(Self.parts("a"), isMainstem: true, at: pause)
        #expect(plan.next(at: pause) == .everything)
        #expect(plan.ended(.everything, .refused("403"), at: pause, jitter: 0) == nil)
        _ = plan.want(Self.parts("a"), isMainstem: true, at: pause)
        #expect(plan.next(at: pause) == Self.part("a"))
    }

    @Test("asks a Mainstem for the watch of everything before it has anything")
    func emptyMainstem() {
        var plan = WatchPlan(limit: 2)
        _ = plan.want([], isMainstem: true, at: .zero)
        #expect(plan.next(at: .zero) == .everything)
    }
}

import HashTreeCollections
import Registry
import Testing

@Suite struct FlapDampingTests {
    private let policy: GuardPolicy = {
        var policy = GuardPolicy()
        policy.damping?.changes = 3
        return policy
    }()

    @Test func `An instance that comes and goes is out of sight until it has been quiet`() {
        var source = Guarded(policy)
        source.take(said(0..<1, 2))
        var news: [SourceGuard.News] = []
        for _ in 0..<4 {
            source.now += .seconds(1)
            news += source.take(gone(0..<1, 1)) + source.take(said(0..<1, 1))
        }
        let place = InstancePlace(microservice: "/shop/s0/1", instance: "s0/0")
        #expect(news == [.damped([place])])
        #expect(source.trust.dampedPlaces == [place])
        #expect(source.seen == ["s0/1"])
        #expect(source.trust.dampedCount == 1)
        #expect(source.wait(59).isEmpty)
        #expect(source.seen == ["s0/1"])
        #expect(source.wait(1) == [.calmed(instances: 1)])
        #expect(source.seen == ["s0/0", "s0/1"])
        #expect(source.trust.dampedCount == 0)
    }

    @Test func `One that is gone when the time is over stays gone`() {
        var source = Guarded(policy)
        source.take(said(0..<1, 2))
        for _ in 0..<4 {
            source.take(gone(0..<1, 1))
            source.take(said(0..<1, 1))
        }
        source.take(gone(0..<1, 1))
        _ = source.wait(60)
        #expect(source.seen == ["s0/1"])
        source.take(said(0..<1, 1))
        #expect(source.seen == ["s0/0", "s0/1"])
    }

    @Test func `A few restarts are none of our business`() {
        var source = Guarded(policy)
        source.take(said(0..<1, 1))
        for _ in 0..<10 {
            source.now += .seconds(61)
            source.take(gone(0..<1, 1))
            source.take(said(0..<1, 1))
            #expect(source.seen == ["s0/0"])
        }
    }

    @Test func `What ended while it was kept out of sight is not seen again`() {
        var source = flapping()
        source.hold()
        source.read(gone(0..<1, 1))
        _ = source.release()
        _ = source.wait(61)
        #expect(source.trust.dampedCount == 0)
        #expect(source.seen == ["s1/0"])
    }

    /// Two microservices with an instance each, of which the first one is damped, and has come back.
    private func flapping() -> Guarded {
        var policy = GuardPolicy()
        policy.damping?.changes = 3
        var source = Guarded(policy)
        source.read(said(0..<2, 1))
        for _ in 0..<3 {
            source.take(gone(0..<1, 1))
            source.take(said(0..<1, 1))
        }
        return source
    }
}

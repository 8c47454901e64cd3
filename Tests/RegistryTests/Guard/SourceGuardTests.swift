import HashTreeCollections
import Registry
import Testing

@Suite struct SourceGuardTests {
    @Test func `Nearly everything that goes at once is held, and stays visible`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        #expect(source.read(gone(0..<4, 2)) == [.held(.massWithdrawal, instances: 8, microservices: 0)])
        #expect(source.seen.count == 10)
        #expect(source.trust.held?.instanceCount == 8)
    }

    @Test func `An empty dump is held, and says so`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        let news = source.read(gone(0..<5, 2, withServices: true))
        #expect(news == [.held(.empty, instances: 10, microservices: 5)])
        #expect(source.seen.count == 10)
        #expect(source.registry.tables.microserviceCount == 5)
    }

    @Test func `Instances that were dropped are not held, so that they do not come back with an empty dump`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.give(.dropped)
        #expect(source.seen.isEmpty)
        let news = source.read(gone(0..<5, 2, withServices: true))
        #expect(news == [.held(.empty, instances: 0, microservices: 5)])
        source.give(.full)
        #expect(source.seen.isEmpty)
        #expect(source.registry.tables.microserviceCount == 5, "nobody is told that they do not exist")
        // An operator's hold is one of everything.
        source = Guarded()
        source.read(said(0..<5, 2))
        source.hold()
        source.give(.dropped)
        source.read(gone(0..<5, 2, withServices: true))
        source.give(.full)
        #expect(source.seen.count == 10)
    }

    @Test func `A source with one microservice that comes back empty is held as well`() {
        var source = Guarded()
        source.read(said(0..<1, 10))
        #expect(source.read(gone(0..<1, 10, withServices: true)) == [.held(.empty, instances: 10, microservices: 1)])
        // Mostly the registry itself is there.
        source = Guarded()
        source.read(said(0..<1, 10))
        source.read(said(1..<2, 0))
        let news = source.read(gone(0..<1, 10, withServices: true))
        #expect(news == [.held(.massWithdrawal, instances: 10, microservices: 1)])
    }

    @Test func `An empty dump is held though the source had many more instances just before`() {
        var source = Guarded()
        source.read(said(0..<3, 6))
        source.take(gone(0..<3, 4))
        var empty = gone(0..<3, 6, withServices: true)
        empty.removedInstances.removeAll { !source.seen.contains($0.id.text) }
        #expect(source.read(empty) == [.held(.empty, instances: 6, microservices: 3)])
        #expect(source.seen.count == 6)
    }

    @Test func `A dump that is empty but for what was told meanwhile is held as well`() {
        var source = Guarded()
        source.read(said(0..<3, 2))
        // The third one's instances were told, and the dump does not undo that.
        var empty = gone(0..<2, 2)
        empty.removedMicroservices = gone(0..<3, 0, withServices: true).removedMicroservices
        #expect(source.read(empty) == [.held(.empty, instances: 4, microservices: 3)])
        #expect(source.seen.count == 6)
    }

    @Test func `What moves to another ID of its microservice is not held under the old one`() {
        var source = Guarded()
        source.read(said(0..<2, 2))
        source.hold()
        var moved = gone(0..<1, 2, withServices: true)
        moved.microservices = [Sample.microservice("t0", "/shop/s0/1")]
        moved.instances = ["s0/0", "s0/1"].map { Sample.instance(InstanceID($0), of: "t0") }
        #expect(source.read(moved) == [.held(.operatorsWish, instances: 0, microservices: 1)])
        #expect(source.registry.counts(of: "a").instances == 4)
        #expect(source.seen.count == 4)
    }

    @Test func `What was told while a dump was on its way does not make an empty one plausible`() {
        var source = Guarded()
        source.read(said(0..<3, 2))
        source.trust.readBegins()
        source.take(said(3..<4, 2))
        #expect(
            source.read(gone(0..<3, 2, withServices: true)) == [.held(.empty, instances: 6, microservices: 3)])
        #expect(source.seen.count == 8)
        // Nor a mass withdrawal: of 10 that it speaks of 9 go.
        source = Guarded()
        source.read(said(0..<10, 1))
        source.trust.readBegins()
        source.take(said(10..<30, 1))
        #expect(source.read(gone(0..<9, 1)) == [.held(.massWithdrawal, instances: 9, microservices: 0)])
        // The next read speaks of all of them.
        source = Guarded()
        source.read(said(0..<10, 1))
        source.trust.readBegins()
        source.read(said(10..<30, 1))
        source.trust.readBegins()
        #expect(source.read(gone(0..<9, 1)) == [])
    }

    @Test func `What a source withdraws while it is in doubt is held, and has to be confirmed as often as the rest`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.read(gone(0..<5, 2, withServices: true))
        source.now += .seconds(10)
        source.read(RegistryDelta())
        source.take(said(0..<1, 1))
        source.read(gone(0..<1, 1, withServices: true))
        #expect(source.trust.held?.instanceCount == 10)
        #expect(source.trust.held?.confirmations == 0)
        #expect(source.seen.count == 10)
    }

    @Test func `After revisions went back even a small withdrawal is held`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        let news = source.read(gone(0..<1, 1), isRewound: true)
        #expect(news == [.held(.rewound, instances: 1, microservices: 0)])
        #expect(source.read(said(0..<1, 1), isRewound: true) == [.released(.restated, instances: 0)])
    }

    @Test func `A microservice scaled to nothing beside others passes at once, and so do few instances`() {
        var large = Guarded()
        large.read(said(0..<1, 100))
        large.read(said(1..<2, 1))
        #expect(large.read(gone(0..<1, 100)).isEmpty)
        #expect(large.seen.count == 1)
        var small = Guarded()
        small.read(said(0..<5, 1))
        #expect(small.read(gone(0..<5, 1, withServices: true)).isEmpty)
        #expect(small.seen.isEmpty)
    }

    @Test func `The only microservice that has instances may not lose them all at once, nor one nearly all`() {
        var only = Guarded()
        only.read(said(0..<1, 100))
        only.read(said(1..<2, 0))
        #expect(only.read(gone(0..<1, 100)) == [.held(.massWithdrawal, instances: 100, microservices: 0)])
        var nearly = Guarded()
        nearly.read(said(0..<1, 10))
        #expect(nearly.read(gone(0..<1, 9)) == [.held(.massWithdrawal, instances: 9, microservices: 0)])
        #expect(nearly.seen.count == 10)
    }

    @Test(arguments: [4, 5])
    func `Instances that lose their microservices go out of sight, and count as withdrawn`(services: Int) {
        var source = Guarded()
        source.read(said(0..<5, 20))
        var read = RegistryDelta()
        read.removedMicroservices = gone(0..<services, 0, withServices: true).removedMicroservices
        let reason: HeldWithdrawal.Reason = services == 5 ? .empty : .massWithdrawal
        #expect(source.read(read) == [.held(reason, instances: 0, microservices: services)])
        #expect(source.seen.count == 100)
    }

    @Test(arguments: [1, 2, 5])
    func `A hundred microservices emptied one after another pass at once, whatever one read sees of them`(step: Int) {
        var source = Guarded()
        source.read(said(0..<100, 3))
        for first in stride(from: 0, to: 100, by: step) {
            source.now += .milliseconds(500)
            #expect(source.read(gone(first..<first + step, 3)).isEmpty, "\(first)")
            #expect(source.seen.count == (100 - first - step) * 3)
        }
    }

    @Test func `What is withdrawn again while it is held waits no longer because of that, as after a reload`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.read(gone(0..<5, 2, withServices: true))
        let until = source.trust.held?.until
        let held = Sample.instance("s0/0", of: "s0").ref
        let end = source.trust.held?.deadline(of: held)
        source.now += .seconds(7)
        source.read(gone(0..<5, 2, withServices: true))
        #expect(end != nil && source.trust.held?.deadline(of: held) == end && source.trust.held?.until == until)
        source.now += .seconds(7)
        source.read(gone(0..<5, 0, withServices: true))
        #expect(source.trust.held?.until == until)
    }

    @Test func `What is new or different goes on flowing, and what comes back is held no longer`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.read(gone(0..<5, 2))
        source.read(said(7..<8, 1))
        #expect(source.seen.count == 11)
        source.read(said(0..<3, 2))
        #expect(source.trust.held?.instanceCount == 4)
        #expect(source.read(said(3..<5, 2)) == [.released(.restated, instances: 0)])
        #expect(source.seen.count == 11)
    }

    @Test func `Reads that say the same confirm it, when they are far enough apart`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.read(gone(0..<5, 2))
        for _ in 0..<20 { #expect(source.read(RegistryDelta()).isEmpty) }
        for _ in 0..<2 {
            source.now += .seconds(10)
            #expect(source.read(RegistryDelta()).isEmpty)
        }
        source.now += .seconds(10)
        #expect(source.read(RegistryDelta()) == [.released(.confirmed, instances: 10)])
        #expect(source.seen.isEmpty)
    }

    @Test func `Something that comes back begins the count of confirmations anew`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        source.read(gone(0..<5, 2))
        for _ in 0..<2 {
            source.now += .seconds(10)
            source.read(RegistryDelta())
        }
        source.now += .seconds(10)
        #expect(source.read(said(0..<1, 1)).isEmpty)
        #expect(source.trust.held?.confirmations == 0)
    }

    @Test func `Nothing is held longer than its lease, nor longer than is declared`() {
        var leased = Guarded()
        leased.read(said(0..<5, 2))
        leased.read(gone(0..<5, 2))
        #expect(leased.wait(119).isEmpty)
        #expect(leased.seen.count == 10)
        #expect(leased.wait(1) == [.released(.overdue, instances: 10)])
        #expect(leased.seen.isEmpty)
        var policy = GuardPolicy()
        policy.quarantine?.longest = .seconds(30)
        var bounded = Guarded(policy)
        bounded.read(said(0..<5, 2))
        bounded.read(gone(0..<5, 2))
        #expect(bounded.wait(30) == [.released(.overdue, instances: 10)])
    }

    @Test func `An operator holds everything, and nothing but an operator releases it`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        #expect(source.hold() == [.heldByOperator])
        #expect(source.hold().isEmpty)
        #expect(source.read(gone(0..<1, 1)) == [.held(.operatorsWish, instances: 1, microservices: 0)])
        #expect(source.take(gone(1..<2, 1)) == [.held(.operatorsWish, instances: 1, microservices: 0)])
        #expect(source.wait(100_000).isEmpty)
        for _ in 0..<5 { source.read(RegistryDelta()) }
        #expect(source.seen.count == 10)
        #expect(source.release() == [.released(.operatorsWish, instances: 2)])
        #expect(source.seen.count == 8)
        #expect(source.read(gone(3..<4, 1)).isEmpty)
        source.hold()
        #expect(source.release() == [.released(.operatorsWish, instances: 0)])
    }

    @Test func `What the source says as single changes is believed, held or not`() {
        var source = Guarded()
        source.read(said(0..<5, 2))
        #expect(source.take(gone(0..<5, 2)).isEmpty)
        #expect(source.seen.isEmpty)
        var other = Guarded()
        other.read(said(0..<5, 2))
        other.read(gone(0..<5, 2))
        #expect(other.take(gone(0..<1, 1)).isEmpty)
        #expect(other.seen.count == 9)
        #expect(other.trust.held?.instanceCount == 9)
    }

    @Test func `An instance that moves to another microservice's ID is not lost`() {
        var source = Guarded()
        source.read(said(0..<10, 1))
        var moved = gone(1..<10, 1)
        moved.instances = (1..<10).map { Sample.instance(InstanceID("s\($0)/0"), of: "s0") }
        #expect(source.read(moved).isEmpty)
        #expect(source.seen.count == 10)
    }
}

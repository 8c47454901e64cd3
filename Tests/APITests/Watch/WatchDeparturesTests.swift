import Registry
import TestSupport
import Testing

@testable import API

@Suite struct WatchDeparturesTests {
    private let web = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "web"), version: "1.0.0")

    private final class Watch {}
    private let connection = Watch()
    private var watch: ObjectIdentifier { ObjectIdentifier(connection) }

    private func limits(_ window: Duration, _ watchers: Int) -> LimitsInForce {
        var limits = APILimits.forTests
        (limits.watchReturn, limits.watchers) = (window, watchers)
        return LimitsInForce(limits)
    }

    private func revision(_ sequence: UInt64) -> Revision { Revision(epoch: 1, sequence: sequence) }

    @Test("whoever comes back begins where the one left that had the least, until that is too long ago")
    func least() {
        let departures = WatchDepartures(within: limits(.seconds(60), 100))
        #expect(departures.revision(of: web, now: .seconds(1)) == nil)
        departures.left(web, watch, at: revision(7), now: .seconds(1))
        departures.left(web, watch, at: revision(9), now: .seconds(30))
        #expect(departures.revision(of: web, now: .seconds(40)) == revision(7))
        #expect(departures.revision(of: web, now: .seconds(61)) == revision(7))
        #expect(departures.revision(of: web, now: .seconds(62)) == revision(9))
        #expect(departures.revision(of: web, now: .seconds(91)) == nil)
    }

    @Test("many departures of one consumer lose nothing by being put together, and all together are bounded")
    func bounds() {
        let departures = WatchDepartures(within: limits(.seconds(60), 30))
        for number in 1...30 {
            departures.left(web, watch, at: revision(UInt64(number)), now: .milliseconds(number))
        }
        #expect(departures.revision(of: web, now: .seconds(1)) == revision(1))
        var other = web
        other.name.name = "other"
        for number in 31...80 {
            departures.left(other, watch, at: revision(UInt64(number)), now: .milliseconds(number))
        }
        #expect(departures.revision(of: web, now: .seconds(1)) == nil)
        #expect(departures.revision(of: other, now: .seconds(1)) != nil)
    }

    @Test("a watch that is open counts with what its client has for certain, until it ends")
    func standing() {
        let departures = WatchDepartures(within: limits(.seconds(60), 30))
        let other = Watch()
        departures.stands(web, watch, at: revision(5))
        departures.stands(web, ObjectIdentifier(other), at: revision(4))
        #expect(departures.revision(of: web, now: .seconds(1_000)) == revision(4))
        departures.stands(web, ObjectIdentifier(other), at: revision(8))
        #expect(departures.revision(of: web, now: .seconds(1_000)) == revision(5))
        departures.left(web, watch, at: revision(5), now: .seconds(1_000))
        #expect(departures.revision(of: web, now: .seconds(1_001)) == revision(5))
        #expect(departures.revision(of: web, now: .seconds(1_061)) == revision(8))
        departures.left(web, ObjectIdentifier(other), at: revision(9), now: .seconds(1_070))
        #expect(departures.revision(of: web, now: .seconds(1_131)) == nil)
    }

    @Test("without a time nothing is remembered")
    func off() {
        let departures = WatchDepartures(within: limits(.zero, 30))
        departures.stands(web, watch, at: revision(1))
        departures.left(web, watch, at: revision(1), now: .zero)
        #expect(departures.revision(of: web, now: .zero) == nil)
    }

    @Test("the time and the number that hold now count for what is remembered already")
    func adopted() {
        let limits = limits(.seconds(60), 30)
        let departures = WatchDepartures(within: limits)
        departures.left(web, watch, at: revision(7), now: .seconds(1))
        var others = limits.now
        others.watchReturn = .seconds(10)
        limits.adopt(others)
        #expect(departures.revision(of: web, now: .seconds(11)) == revision(7))
        #expect(departures.revision(of: web, now: .seconds(12)) == nil)
        departures.stands(web, watch, at: revision(8))
        others.watchReturn = .zero
        limits.adopt(others)
        #expect(departures.revision(of: web, now: .seconds(13)) == nil)
        departures.left(web, watch, at: revision(9), now: .seconds(14))
        others.watchReturn = .seconds(60)
        limits.adopt(others)
        #expect(departures.revision(of: web, now: .seconds(15)) == nil, "it ended while nothing was remembered")
    }
}

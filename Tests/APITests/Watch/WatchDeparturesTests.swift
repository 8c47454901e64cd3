import Registry
import Testing

@testable import API

@Suite struct WatchDeparturesTests {
    private let web = MicroserviceKey(
        name: MicroserviceName(tenant: .default, environment: "", application: "shop", name: "web"), version: "1.0.0")

    private func revision(_ sequence: UInt64) -> Revision { Revision(epoch: 1, sequence: sequence) }

    @Test("whoever comes back begins where the one left that had the least, until that is too long ago")
    func least() {
        let departures = WatchDepartures(remembering: .seconds(60), atMost: 100)
        #expect(departures.revision(of: web, now: .seconds(1)) == nil)
        departures.left(web, at: revision(7), now: .seconds(1))
        departures.left(web, at: revision(9), now: .seconds(30))
        #expect(departures.revision(of: web, now: .seconds(40)) == revision(7))
        #expect(departures.revision(of: web, now: .seconds(61)) == revision(7))
        #expect(departures.revision(of: web, now: .seconds(62)) == revision(9))
        #expect(departures.revision(of: web, now: .seconds(91)) == nil)
    }

    @Test("many departures of one consumer lose nothing by being put together, and all together are bounded")
    func bounds() {
        let departures = WatchDepartures(remembering: .seconds(60), atMost: 30)
        for number in 1...30 {
            departures.left(web, at: revision(UInt64(number)), now: .milliseconds(number))
        }
        #expect(departures.revision(of: web, now: .seconds(1)) == revision(1))
        var other = web
        other.name.name = "other"
        for number in 31...80 { departures.left(other, at: revision(UInt64(number)), now: .milliseconds(number)) }
        #expect(departures.revision(of: web, now: .seconds(1)) == nil)
        #expect(departures.revision(of: other, now: .seconds(1)) != nil)
    }

    @Test("without a time nothing is remembered")
    func off() {
        let departures = WatchDepartures(remembering: .zero, atMost: 30)
        departures.left(web, at: revision(1), now: .zero)
        #expect(departures.revision(of: web, now: .zero) == nil)
    }
}

import API
import Discovery
import Federation
import Registry
import ServiceCenterWire
import TestSupport
import Testing

/// What the extended watch tells of a source that has another name from now on.
@Suite(.timeLimit(.minutes(4))) struct RenamedSourceTests {
    private static let path = "/mainstem/v1/watch"

    /// `ACTION source host` of what came, without heartbeats.
    private func told(_ watch: WatchRecorder) throws -> [String] {
        try watch.texts.map { try WatchEvent(Array($0.utf8)) }.filter { $0.action != "HEARTBEAT" }.map { event in
            event.instanceID.isEmpty ? event.action : "\(event.action) \(event.source) \(event.hostName)"
        }
    }

    private func cursor(_ watch: WatchRecorder) throws -> String {
        let last = try #require(watch.texts.last { $0.contains(#""SYNCED""#) })
        return try #require(JSONValue(parsing: Array(last.utf8))?["cursor"]?.text)
    }

    @Test("who follows the former name, or the new one, starts over; everybody else hears nothing")
    func renamed() async throws {
        let old = LocalSource(id: SourceID("old"), settings: .roomy, clock: SystemTimekeeper())
        let registry = try await LiveRegistry.start([old], home: old)
        let client = RegistryClient("\(registry.address)", registry.client)
        let cart = try await client.register("cart")
        _ = try await client.start("one", of: cart)
        func open(_ query: String) async throws -> WatchRecorder {
            try await WatchRecorder.open("\(registry.address)", path: Self.path + query)
        }
        let (former, new, all) = (
            try await open("?source=old"), try await open("?source=new"), try await open("")
        )
        for watch in [former, new, all] {
            try await eventually("the state is told") { watch.texts.contains { $0.contains(#""SYNCED""#) } }
        }
        let before = try cursor(former)
        let next = LocalSource(id: SourceID("new"), settings: .roomy, clock: SystemTimekeeper())
        _ = try await registry.federation.apply(
            FederationChange(
                seats: [FederationChange.Seat(next, after: SourceID("old"))], home: SourceID("new")))
        try await eventually("the former name has nothing") {
            try told(former) == ["SNAPSHOT old one", "SYNCED", "COMPACTED", "SYNCED"]
        }
        try await eventually("the new name has all") {
            try told(new) == ["SYNCED", "COMPACTED", "SNAPSHOT new one", "SYNCED"]
        }
        // Whoever comes back with a cursor from before is told the same.
        let back = try await open("?source=old&after=\(before)")
        try await eventually("it starts over") { try told(back) == ["COMPACTED", "SYNCED"] }
        let elsewhere = try await open("?source=other&after=\(before)")
        _ = try await client.start("two", of: cart)
        for (watch, count) in [(new, 5), (all, 3)] {
            try await eventually("the next one is heard of") { try told(watch).count == count }
            #expect(try told(watch).last == "CREATE new two")
        }
        #expect(try told(elsewhere) == [] && told(former).count == 4 && told(back).count == 2)
        // A cursor from after the change goes on.
        let on = try await open("?source=new&after=\(cursor(new))")
        try await eventually("it goes on") { try told(on) == ["CREATE new two"] }
        for watch in [former, new, all, back, elsewhere, on] { await watch.close() }
        await registry.stop()
    }
}

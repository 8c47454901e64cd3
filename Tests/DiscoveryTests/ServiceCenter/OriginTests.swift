import Discovery
import Locks
import Registry
import TestSupport
import Testing

@Suite("Where an upstream says that it has an entry from")
struct OriginTests {
    @Test("is what its frames say, what it says of one that is looked up, and what its dump says in the end")
    func mainstem() async throws {
        let upstream = ObservedUpstream(isMainstem: true)
        upstream.dump.cluster = "north"
        try await withObserved([upstream]) { source, news in
            try await eventually("it is watched") { !upstream.watches.isEmpty }
            upstream.say("i0", of: "s0", hostName: "changed", cluster: "south")
            try await eventually("the frame says south") { news.deltas.last?.instances.map(\.origin) == ["south"] }

            let body = #"{"service":{"serviceId":"new","appId":"shop","serviceName":"new","version":"1.0.0"}}"#
            upstream.answer("/new", .respond(headers: [("X-Mainstem-Source", "west")], body: Array(body.utf8)))
            upstream.say("i", of: "new", hostName: "h", cluster: "west")
            try await eventually("it is looked up") {
                news.deltas.flatMap(\.microservices).last { $0.id.text == "new" }?.origin == "west"
            }

            let read = Mutex<[String]>([])
            _ = try await source.read { delta in
                read.withLock { $0 += delta.instances.map { "\($0.ref.service.id)/\($0.id) \($0.origin)" } }
            }
            #expect(read.withLock { $0.sorted() } == ["new/i north", "s0/i0 north"], "with the same bytes as before")
        }
    }

    @Test("stays what it was where frames say nothing, as those of a service-center")
    func serviceCenter() async throws {
        let upstream = ObservedUpstream()
        upstream.dump.cluster = "dc-1"
        try await withObserved([upstream]) { _, news in
            try await eventually("it is watched") { !upstream.watches.isEmpty }
            upstream.say("i0", of: "s0", hostName: "changed")
            upstream.say("other", of: "s0", hostName: "changed")
            try await eventually("both frames are heard") {
                news.deltas.flatMap(\.instances).count { String(decoding: $0.body, as: UTF8.self).contains("changed") }
                    == 2
            }
            #expect(Set(news.deltas.flatMap(\.instances).map(\.origin)) == ["dc-1"])
        }
    }
}

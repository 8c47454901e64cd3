import Discovery
import Registry
import TestSupport
import Testing

@Suite("A frame that takes an ID for another microservice")
struct RenamedMicroserviceTests {
    @Test("is not believed, and asks for a read")
    func frame() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await eventually("the watch stands") { !upstream.watches.isEmpty && news.readsAskedFor == 1 }
            let before = news.instances
            upstream.send(ObservedUpstream.frame("CREATE", #"{"instanceId":"i9","serviceId":"s1"}"#, of: "s2"))
            try await eventually("a read is asked for") { news.readsAskedFor == 2 }
            upstream.send(ObservedUpstream.frame("DELETE", #"{"instanceId":"i0","serviceId":"s1"}"#, of: "s2"))
            try await eventually("another one is asked for") { news.readsAskedFor == 3 }
            #expect(news.instances == before)
            // Nor when a read has withdrawn the microservice: that need not be believed.
            upstream.dump.entries.removeAll { $0.key.contains("/s1") }
            try await news.read(source)
            upstream.send(ObservedUpstream.frame("CREATE", #"{"instanceId":"i9","serviceId":"s1"}"#, of: "s2"))
            try await eventually("a third one is asked for") { news.readsAskedFor == 4 }
            #expect(!news.instances.contains("s1/i9"))
        }
    }

    @Test("is believed once a read has said the same")
    func read() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await eventually("the watch stands") { !upstream.watches.isEmpty && news.readsAskedFor == 1 }
            upstream.dump.swapIDs("s1", "s2")
            try await news.read(source)
            let instance = #"{"instanceId":"i9","serviceId":"s1"}"#
            upstream.send(ObservedUpstream.frame("CREATE", instance, of: "s2"))
            try await eventually("it is told") { news.instances.contains("s1/i9") }
            #expect(news.readsAskedFor == 1)
        }
    }

    @Test("is what a look-up is held against, when the ID was not known before")
    func lookUp() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await eventually("the watch stands") { !upstream.watches.isEmpty && news.readsAskedFor == 1 }
            let body = #"{"service":{"serviceId":"s9","appId":"shop","serviceName":"other","version":"1.0.0"}}"#
            upstream.answer("/s9", .respond(body: Array(body.utf8)))
            upstream.send(ObservedUpstream.frame("CREATE", #"{"instanceId":"i9","serviceId":"s9"}"#, of: "cart"))
            try await eventually("a read is asked for") { news.readsAskedFor == 2 }
            #expect(!news.known.microservices.keys.contains { $0.id.text == "s9" })
        }
    }
}

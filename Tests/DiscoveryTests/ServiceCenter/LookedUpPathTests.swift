import Discovery
import Registry
import TestSupport
import Testing

@Suite("What is looked up at a Mainstem")
struct LookedUpPathTests {
    @Test("is not taken in when it came through ourselves, and looked up once")
    func repetition() async throws {
        let upstream = ObservedUpstream(isMainstem: true)
        @Sendable func answer(_ id: String, via: String?) {
            let body = #"{"service":{"serviceId":"\#(id)","appId":"shop","serviceName":"\#(id)","version":"1.0.0"}}"#
            let way = via.map { [(name: "X-Mainstem-Via", value: $0)] } ?? []
            upstream.answer(
                "/\(id)", .respond(headers: [("X-Mainstem-Process", "theirs")] + way, body: Array(body.utf8)))
        }
        @Sendable func say(_ instance: String, of service: String, via: String) {
            let value = #"{"instanceId":"\#(instance)","serviceId":"\#(service)","status":"UP"}"#
            upstream.send(
                ObservedUpstream.frame("CREATE", value).dropLast() + #","revision":"theirs.2","via":"\#(via)"}"#)
        }
        try await withObserved([upstream], process: "ours") { _, news in
            try await eventually("it is watched") { !upstream.watches.isEmpty }
            answer("x", via: "another,ours")
            answer("y", via: "another")
            answer("z", via: nil)
            for service in ["x", "y", "z"] {
                say("i", of: service, via: service == "x" ? "another,ours" : "another")
                try await eventually("it is looked up") { upstream.asked.contains { $0.path.hasSuffix("/\(service)") } }
            }
            try await eventually("the others are known") {
                Set(news.known.microservices.keys.map(\.id.text)).isSuperset(of: ["y", "z"])
            }
            say("j", of: "x", via: "another,ours")
            say("j", of: "y", via: "another")
            try await eventually("what comes behind is heard") { news.instances.contains("y/j") }
            #expect(!news.known.microservices.keys.contains { $0.id.text == "x" })
            #expect(!news.instances.contains { $0.hasPrefix("x/") })
            #expect(upstream.asked.count { $0.path.hasSuffix("/x") } == 1)
            let paths = news.deltas.flatMap(\.microservices).map { "\($0.id) \($0.path)" }
            #expect(Set(paths) == ["y theirs,another", "z theirs"])
        }
    }

    @Test("is not withdrawn because it comes back from ourselves: only a read can tell that, which may be doubted")
    func returned() async throws {
        let upstream = ObservedUpstream(isMainstem: true)
        @Sendable func say(_ instance: String, via: String) {
            let value = #"{"instanceId":"\#(instance)","serviceId":"x","status":"UP"}"#
            upstream.send(
                ObservedUpstream.frame("UPDATE", value).dropLast() + #","revision":"theirs.2","via":"\#(via)"}"#)
        }
        upstream.answer(
            "/x",
            .respond(
                headers: [("X-Mainstem-Process", "theirs")],
                body: Array(#"{"service":{"serviceId":"x","appId":"shop","serviceName":"x","version":"1"}}"#.utf8)))
        try await withObserved([upstream], process: "ours") { _, news in
            try await eventually("it is watched") { !upstream.watches.isEmpty }
            say("i", via: "")
            try await eventually("it is known at first hand") { news.instances.contains("x/i") }
            let asked = news.readsAskedFor
            // The upstream has begun anew, and has it from us now.
            say("i", via: "ours")
            try await eventually("a read is asked for") { news.readsAskedFor > asked }
            say("j", via: "")
            try await eventually("what comes behind is heard") { news.instances.contains("x/j") }
            #expect(news.instances.contains("x/i"))
            // What has always come from ourselves is not taken in.
            say("k", via: "ours")
            say("l", via: "")
            try await eventually("what comes behind is heard") { news.instances.contains("x/l") }
            #expect(!news.instances.contains("x/k"))
        }
    }
}

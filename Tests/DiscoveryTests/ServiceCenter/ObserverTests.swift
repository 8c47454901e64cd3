import Discovery
import Registry
import TestSupport
import Testing

@Suite("A service-center that is observed")
struct ObserverTests {
    private static let known = ["s0/i0", "s0/i1", "s1/i0", "s1/i1", "s2/i0", "s2/i1"]

    private static func standing(_ news: News, _ count: Int = 1, of wanted: Int? = nil) async throws {
        try await eventually("\(count) watches stand: \(news.observations)") {
            news.observations.last == .observed(watches: count, of: wanted ?? count, reason: nil)
        }
    }

    @Test("gets a microservice that depends on everything, and is watched")
    func requests() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { _, news in
            try await Self.standing(news)
            #expect(news.readsAskedFor == 1)
        }
        let asked = upstream.asked
        #expect(asked.map(\.method) == ["POST", "PUT", "GET"])
        #expect(
            asked.map(\.path) == [
                "/v4/default/registry/microservices", "/v4/default/registry/dependencies",
                "/v4/default/registry/microservices/observer-default-default-/watcher",
            ])
        #expect(asked.allSatisfy { $0.header("X-Domain-Name") == "default" })
        let observer = #"{"appId":"mainstem","serviceName":"observer","version":"1.0.0"}"#
        #expect(String(decoding: asked[0].body, as: UTF8.self) == #"{"service":\#(observer)}"#)
        let dependency = #"{"consumer":\#(observer),"providers":[{"serviceName":"*"}]}"#
        #expect(String(decoding: asked[1].body, as: UTF8.self) == #"{"dependencies":[\#(dependency)]}"#)
    }

    @Test("tells changes at once, so that no dump brings them again", arguments: [nil, "north"])
    func frames(cluster: String?) async throws {
        let upstream = ObservedUpstream()
        upstream.dump.cluster = cluster ?? "up"
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            upstream.say("i9", of: "s1", hostName: "new", cluster: cluster)
            upstream.say("i0", of: "s0", hostName: "other", cluster: cluster)
            upstream.end("i1", of: "s2")
            try await eventually("three changes are told") { news.deltas.count == 3 }
            #expect(news.deltas.map(\.changeCount) == [1, 1, 1])
            #expect(news.instances == ["s0/i0", "s0/i1", "s1/i0", "s1/i1", "s1/i9", "s2/i0"])
            #expect(news.known == (try Known(upstream.dump)))
            let reading = try await news.read(source)
            #expect(reading.decoded == 0)
            #expect(news.known == (try Known(upstream.dump)))
        }
    }

    @Test("is watched once for each domain, project and environment, as they come and go")
    func parts() async throws {
        let upstream = ObservedUpstream()
        let service = #"{"serviceId":"x","appId":"a","serviceName":"x","version":"1","environment":"production"}"#
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            upstream.dump.add("services", "/cse-sr/ms/files/tenant1/projA/x", service)
            upstream.dump.add("services", "/cse-sr/ms/files/default/default/x", service)
            try await news.read(source)
            try await Self.standing(news, 3)
            #expect(
                Set(upstream.watches.map { "\($0.domain) \($0.path)" }) == [
                    "default /v4/default/registry/microservices/observer-default-default-/watcher",
                    "default /v4/default/registry/microservices/observer-default-default-production/watcher",
                    "tenant1 /v4/projA/registry/microservices/observer-tenant1-projA-production/watcher",
                ])
            let provider = #"{"serviceName":"*","environment":"production"}"#
            let bodies = upstream.asked.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies.count { $0.contains(provider) } == 2)
            upstream.dump.entries.removeAll { $0.key.contains("tenant1") }
            try await news.read(source)
            try await Self.standing(news, 2)
            try await eventually("one is closed") { upstream.watches.count == 2 }
        }
    }

    @Test("has no more watches than the settings allow, and says so")
    func limit() async throws {
        let upstream = ObservedUpstream()
        for number in 0..<5 {
            upstream.dump.add(
                "services", "/cse-sr/ms/files/tenant\(number)/default/x",
                #"{"serviceId":"x","appId":"a","serviceName":"x","version":"1"}"#)
        }
        try await withObserved([upstream], settings: "timeout: 100s, maxWatches: 2") { _, news in
            try await eventually("two stand: \(news.observations)") {
                guard case .observed(2, of: 6, let reason?) = news.observations.last else { return false }
                return reason.contains("maxWatches")
            }
            #expect(upstream.watches.count == 2)
        }
    }

    @Test("is watched anew when the watch breaks, and is to be read then")
    func reconnect() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            upstream.watches.first?.socket.end()
            try await eventually("it is polled meanwhile") { news.observations.contains { $0.mode == "polled" } }
            try await Self.standing(news)
            #expect(news.readsAskedFor == 2)
            upstream.say("i9", of: "s1", hostName: "new")
            try await eventually("it is heard") { news.instances.contains("s1/i9") }
        }
    }

    @Test("that forgets the observer says so in plain text, and gets it again")
    func forgotten() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            upstream.send("Service does not exit.")
            try await eventually("it is registered again") { upstream.asked.count == 6 }
            try await Self.standing(news)
            #expect(news.observations.contains { $0.reason?.contains("Service does not exit.") == true })
        }
    }

    @Test("that breaks a rule in a frame, or says what is not understood, is to be read, and watched on")
    func malformed() async throws {
        let upstream = ObservedUpstream()
        let frames = [
            "{", #"{"action":"CREATE"}"#, #"{"action":"UPDATE","key":{},"instance":{"instanceId":"a"}}"#,
            #"{"action":"EXPIRE","key":{"tenant":"default/default"}}"#, #"{"action":"MOVE","instance":null}"#, "{}",
            "[]", "",
        ]
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            for (index, frame) in frames.enumerated() {
                upstream.send(frame)
                try await eventually("\(frame) asks for a read") { news.readsAskedFor == index + 2 }
            }
            upstream.say("i9", of: "s1", hostName: "new")
            try await eventually("it is heard") { news.instances.contains("s1/i9") }
            #expect(upstream.watches.count == 1)
        }
    }

    @Test("is asked for a microservice that is not known yet, and for nothing else")
    func unknown() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { _, news in
            try await Self.standing(news)
            upstream.dump.add(microservice: "s7")
            upstream.say("i0", of: "s7", hostName: "new")
            upstream.say("i1", of: "s7", hostName: "new")
            try await eventually("it is known") { news.known.microservices.count == 4 && news.instances.count == 8 }
            #expect(upstream.asked.map(\.path).filter { $0.hasSuffix("/s7") }.count == 1)
            #expect(news.readsAskedFor == 1)
            // One that the upstream does not know either asks for a read.
            upstream.send(ObservedUpstream.frame("CREATE", #"{"instanceId":"i0","serviceId":"s8"}"#))
            try await eventually("a read is asked for") { news.readsAskedFor == 2 }
        }
    }

    @Test("is not undone by a dump that was asked for before a frame came")
    func olderDump() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            upstream.answerNextDump(.later(.milliseconds(500), .respond(body: upstream.dump.bytes)))
            async let reading = news.read(source)
            try await eventually("the dump is asked for") { upstream.dumpsAskedFor == 2 }
            upstream.say("i0", of: "s0", hostName: "newer")
            upstream.end("i1", of: "s0")
            try await eventually("both are told") { news.deltas.count == 2 }
            _ = try await reading
            #expect(news.known == (try Known(upstream.dump)))
        }
    }

    @Test("is asked for an instance whose frame may be older than a dump that was read meanwhile")
    func olderFrame() async throws {
        let upstream = ObservedUpstream()
        // However slow the machine is, the read has only just been.
        try await withObserved([upstream], clock: StoppedClock()) { source, news in
            try await Self.standing(news)
            upstream.dump.rename("i0", of: "s0", to: "newest")
            upstream.dump.remove("i1", of: "s0")
            try await news.read(source)
            for instance in ["i0", "i1"] {
                let older = #"{"instanceId":"\#(instance)","serviceId":"s0","hostName":"older","status":"UP"}"#
                upstream.send(ObservedUpstream.frame("UPDATE", older))
                try await eventually("it is looked up") {
                    upstream.asked.contains { $0.path.hasSuffix("/s0/instances/\(instance)") }
                }
            }
            upstream.say("i9", of: "s1", hostName: "new")
            try await eventually("it is heard") { news.instances.contains("s1/i9") }
            #expect(news.deltas.count == 1)
            #expect(news.known == (try Known(upstream.dump)))
        }
    }

    @Test("hides the observers, its own and those of others")
    func hidden() async throws {
        let upstream = ObservedUpstream()
        let body = #"{"serviceId":"o","appId":"mainstem","serviceName":"observer","version":"1.0.0"}"#
        upstream.dump.add("serviceTags", "/cse-sr/ms/tags/tenant2/default/o", #"{"a":"b"}"#)
        upstream.dump.add("services", "/cse-sr/ms/files/tenant2/default/o", body)
        upstream.dump.add(instance: "i0", of: "o")
        upstream.dump.entries[upstream.dump.entries.count - 1].key = "/cse-sr/inst/files/tenant2/default/o/i0"
        upstream.dump.add(
            "dependencyRules", "/cse-sr/ms/dep-rules/tenant2/default/c//mainstem/observer/1.0.0",
            #"{"Dependency":[{"tenant":"tenant2/default","serviceName":"*"}]}"#)
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            #expect(news.known == (try Known(SampleDump())))
            upstream.dump = SampleDump()
            try await news.read(source)
            #expect(news.known == (try Known(SampleDump())))
        }
    }

    @Test("may be observed by several aggregators")
    func several() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream]) { _, first in
            try await withObserved([upstream]) { _, second in
                try await Self.standing(first)
                try await Self.standing(second)
                upstream.say("i9", of: "s1", hostName: "new")
                for news in [first, second] {
                    try await eventually("it is heard") { news.instances.contains("s1/i9") }
                }
            }
        }
    }

    @Test("that is a Mainstem is watched as a whole, and nothing is registered there")
    func mainstem() async throws {
        let upstream = ObservedUpstream(isMainstem: true)
        upstream.dump.add(
            "services", "/cse-sr/ms/files/tenant1/default/x",
            #"{"serviceId":"x","appId":"shop","serviceName":"x","version":"1.0.0","environment":"production"}"#)
        try await withObserved([upstream]) { source, news in
            try await Self.standing(news)
            #expect(upstream.watches.map(\.path) == ["/mainstem/v1/watch"])
            upstream.send(#"{"action":"SYNCED","revision":"1.2","cursor":"1.2"}"#)
            let instance = #"{"instanceId":"i","serviceId":"x"}"#
            let frame = ObservedUpstream.frame("CREATE", instance, cluster: upstream.dump.cluster)
            let place = #"tenant1/default","environment":"production"#
            upstream.send(frame.replacing("default/default", with: place))
            try await eventually("it is heard") { news.instances.contains("x/i") }
            upstream.dump.add("instances", "/cse-sr/inst/files/tenant1/default/x/i", instance)
            #expect(try await news.read(source).decoded == 0)
            upstream.watches.first?.socket.end()
            try await eventually("it is polled meanwhile") { news.observations.contains { $0.mode == "polled" } }
            try await Self.standing(news)
            #expect(upstream.watches.map(\.path) == ["/mainstem/v1/watch?after=1.2"])
            #expect(news.readsAskedFor == 1)
        }
        #expect(upstream.asked.isEmpty)
    }

    @Test("that is a Mainstem goes on behind the last frame after a break, and starts over when it must")
    func resumed() async throws {
        let upstream = ObservedUpstream(isMainstem: true)
        @Sendable func event(_ action: String, _ id: String, _ cursor: String) -> String {
            let frame = ObservedUpstream.frame(action, #"{"instanceId":"\#(id)","serviceId":"s1"}"#)
            return frame.dropLast() + #","revision":"1.2","cursor":"\#(cursor)"}"#
        }
        @Sendable func reopened(at path: String) async throws {
            upstream.watches.first?.socket.end()
            try await eventually("it goes on at \(path)") { upstream.watches.map(\.path) == [path] }
        }
        try await withObserved([upstream]) { _, news in
            try await Self.standing(news)
            // The state has not come as a whole.
            upstream.send(event("SNAPSHOT", "i1", "").replacing(#","cursor":"""#, with: ""))
            try await eventually("it is heard") { news.instances.contains("s1/i1") }
            try await reopened(at: "/mainstem/v1/watch")
            try await eventually("it is read anew") { news.readsAskedFor == 2 }
            upstream.send(#"{"action":"SYNCED","revision":"1.2","cursor":"1.2"}"#)
            upstream.send(event("CREATE", "i2", "1.3.1"))
            try await eventually("it is heard") { news.instances.contains("s1/i2") }
            try await reopened(at: "/mainstem/v1/watch?after=1.3.1")
            upstream.send(event("CREATE", "i3", "1.4"))
            try await eventually("it is heard") { news.instances.contains("s1/i3") }
            #expect(news.readsAskedFor == 2)
            upstream.send(#"{"action":"COMPACTED","revision":"2.1","cursor":"2.1"}"#)
            try await eventually("it is read") { news.readsAskedFor == 3 }
            try await reopened(at: "/mainstem/v1/watch")
        }
    }
}

/// Time that does not pass, in which one can sleep all the same.
private struct StoppedClock: Timekeeper {
    func now() -> UnixTime { UnixTime(nanoseconds: 1_000_000_000) }
    func uptime() -> Duration { .seconds(1) }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

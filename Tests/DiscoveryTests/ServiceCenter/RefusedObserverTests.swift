import Registry
import TestSupport
import Testing

@testable import Discovery

@Suite("A service-center that does not let itself be observed")
struct RefusedObserverTests {
    private static let forbidden = ScriptedAnswer.respond(
        status: 403, body: Array(#"{"errorCode":"403001","errorMessage":"Forbidden","detail":"read-only"}"#.utf8))

    @Test("is polled, and says why", arguments: ["/microservices", "/dependencies", "/watcher"])
    func polled(place: String) async throws {
        let upstream = ObservedUpstream()
        upstream.answer(place, Self.forbidden)
        try await withObserved([upstream]) { source, news in
            try await eventually("it is polled: \(news.observations)") {
                guard case .polled(let reason?) = news.observations.last else { return false }
                return reason.contains("403") && reason.contains("read-only") && reason.hasPrefix("default/default: ")
            }
            try await news.read(source)
            #expect(news.readsAskedFor == 0)
            // Nobody asks again soon.
            #expect(upstream.asked.filter { $0.path.hasSuffix(place) }.count == 1)
        }
    }

    @Test("counts as failing where it must be observed, though what is read is told, until it is observed")
    func required() async throws {
        let upstream = ObservedUpstream()
        upstream.answer("/dependencies", .respond(status: 500))
        try await withObserved([upstream], settings: "timeout: 100s, observe: required") { source, news in
            try await eventually("its failure is to be read") { news.readsAskedFor == 1 }
            upstream.dump.add(instance: "i9", of: "s1")
            do {
                try await news.read(source)
                Issue.record("the read succeeds")
            } catch let error as SourceFailure {
                #expect(error.label == "unobserved" && "\(error)".contains("500"))
            }
            #expect(news.instances.contains("s1/i9"))
            upstream.answer("/dependencies", nil)
            // One read for the watch that stands, one for the failure that is over.
            try await eventually("it is to be read again") { news.readsAskedFor == 3 }
            #expect(news.observations.last == .observed(watches: 1, of: 1, reason: nil))
            try await news.read(source)
        }
    }

    @Test("is tried again when that may help, and at another endpoint")
    func again() async throws {
        let (broken, whole) = (ObservedUpstream(), ObservedUpstream())
        for upstream in [broken, whole] { upstream.answer("/watcher", .respond(status: 503)) }
        try await withObserved([broken, whole]) { _, news in
            for upstream in [broken, whole] {
                try await eventually("both are asked") { upstream.asked.contains { $0.path.hasSuffix("/watcher") } }
            }
            whole.answer("/watcher", nil)
            try await eventually("it is observed") { news.observations.last?.mode == "observed" }
            #expect(whole.watches.count == 1)
        }
    }

    @Test("is not asked to where observing is off")
    func off() async throws {
        let upstream = ObservedUpstream()
        try await withObserved([upstream], settings: "timeout: 100s, observe: off") { source, news in
            for _ in 0..<3 { try await news.read(source) }
            #expect(news.observations.isEmpty)
        }
        #expect(upstream.asked.isEmpty)
    }
}

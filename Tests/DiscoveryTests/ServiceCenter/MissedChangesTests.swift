import Locks
import Registry
import TestSupport
import Testing

@testable import Discovery

@Suite("Changes that an upstream should have told")
struct MissedChangesTests {
    private static let part = ObservedPart.environment("", of: .default)
    private static func instance(_ name: String) -> InstanceRef {
        InstanceRef(service: ServiceRef(tenant: .default, id: ServiceID("s")), id: InstanceID(name))
    }
    private static func changed(_ names: String...) -> [(InstanceRef, ObservedPart)] {
        names.map { (instance($0), part) }
    }

    /// A watch that stands, and the first read after that.
    private static func watched() -> MissedChanges {
        var missed = MissedChanges()
        missed.stands(part)
        let first = missed.read(changed("before"), begunWith: missed.standing, at: .zero)
        #expect(first == 0)
        return missed
    }

    @Test("are those that a later read still finds untold")
    func missed() {
        var missed = Self.watched()
        let standing = missed.standing
        let found = missed.read(Self.changed("a", "b", "c"), begunWith: standing, at: .seconds(30))
        missed.told(Self.instance("b"))
        let soon = missed.read([], begunWith: standing, at: .seconds(34))
        let later = missed.read(Self.changed("d"), begunWith: standing, at: .seconds(60))
        let latest = missed.read([], begunWith: standing, at: .seconds(90))
        #expect([found, soon, later, latest] == [0, 0, 2, 1])
    }

    @Test("are not those that happened before the watch stood, or while it did not")
    func unwatched() {
        var missed = MissedChanges()
        let before = missed.standing
        missed.stands(Self.part)
        var counts = [missed.read(Self.changed("a"), begunWith: before, at: .zero)]
        counts.append(missed.read(Self.changed("b"), begunWith: missed.standing, at: .seconds(30)))
        counts.append(missed.read(Self.changed("c"), begunWith: missed.standing, at: .seconds(60)))
        missed.ended(Self.part)
        missed.stands(Self.part)
        counts.append(missed.read(Self.changed("d"), begunWith: missed.standing, at: .seconds(90)))
        // The watch broke and came back while the dump was on its way.
        let old = missed.standing
        missed.ended(Self.part)
        missed.stands(Self.part)
        counts.append(missed.read(Self.changed("e"), begunWith: old, at: .seconds(120)))
        counts.append(missed.read(Self.changed("f"), begunWith: missed.standing, at: .seconds(150)))
        counts.append(missed.read([], begunWith: missed.standing, at: .seconds(180)))
        #expect(counts == [0, 0, 0, 0, 0, 0, 0])
    }

    /// Real time, and what a test adds to it.
    private final class ShiftedTime: Timekeeper {
        private let real = SystemTimekeeper()
        private let shift = Mutex(Duration.zero)

        func now() -> UnixTime { real.now() }
        func uptime() -> Duration { real.uptime() + shift.withLock { $0 } }
        func sleep(for duration: Duration) async throws { try await real.sleep(for: duration) }
        func advance(by duration: Duration) { shift.withLock { $0 += duration } }
    }

    @Test("are counted by the reads of an observed source")
    func counted() async throws {
        let (upstream, time) = (ObservedUpstream(), ShiftedTime())
        try await withObserved([upstream], clock: time) { source, news in
            try await eventually("it is observed") { news.observations.last?.mode == "observed" }
            upstream.dump.add(instance: "before", of: "s1")
            var counts = [try await news.read(source).missedChanges]
            // One change is told before the read and one after it; three are not told.
            upstream.say("told", of: "s1", hostName: "h")
            try await eventually("it is heard") { news.deltas.count == 1 }
            upstream.dump.add(instance: "untold", of: "s1")
            upstream.dump.add(instance: "late", of: "s1")
            upstream.dump.rename("i0", of: "s1", to: "other")
            upstream.dump.remove("i1", of: "s1")
            upstream.dump.add("serviceTags", "/cse-sr/ms/tags/default/default/s1", #"{"a":"b"}"#)
            counts.append(try await news.read(source).missedChanges)
            let late = upstream.dump.entries.first { $0.key.hasSuffix("/late") }
            upstream.send(ObservedUpstream.frame("CREATE", late?.value ?? ""))
            upstream.send("{}")
            try await eventually("the frames have come") { news.readsAskedFor == 2 }
            counts.append(try await news.read(source).missedChanges)
            time.advance(by: .seconds(30))
            counts.append(try await news.read(source).missedChanges)
            time.advance(by: .seconds(30))
            counts.append(try await news.read(source).missedChanges)
            #expect(counts == [0, 0, 0, 3, 0])
        }
    }
}

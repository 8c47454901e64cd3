import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("A watch message", .enabled(if: Recordings.areThere, "reads ../shared"))
struct WatchMessageTests {
    private static func recordedFrames() throws -> [String] {
        let lines = try #require(JSONValue(foundation: Recordings.data("watch-frames.json"))?.elements)
        return lines.filter { $0["from"]?.text == "server" }.compactMap { $0["frame"]?.text }
    }

    /// The change that each recorded frame tells of, as a registry over the dump of `sc-1` sees it.
    private static func changes() throws -> [VisibleChange] {
        var registry = try Merged.recorded([("north", "dump-sc-1.json")])
        return try recordedFrames().flatMap { frame -> [VisibleChange] in
            let start = try #require(frame.firstRange(of: #""instance":"#)).upperBound
            let event = try WatchEvent(Array(frame.utf8))
            let id = try #require(JSONValue(foundation: Array(frame.utf8))?["instance"]?["serviceId"]?.text)
            let key = "/cse-sr/inst/files/default/default/\(id)/\(event.instanceID)"
            let entry = #"{"key":"\#(key)","value":\#(frame[start...].dropLast())}"#
            var delta = Dumps.delta(try Dumps.decoded(Dumps.text([("instances", [entry])])))
            if event.action == "DELETE" {
                delta.removedInstances = delta.instances.map(\.ref)
                delta.instances = []
            }
            return registry.apply(delta, from: SourceID("north")).instances
        }
    }

    @Test("equals the recorded frame, with the source added")
    func recordedFrames() throws {
        let frames = try Self.recordedFrames()
        let changes = try Self.changes()
        #expect(changes.map(\.action) == [.create, .update, .update, .delete])
        #expect(changes.count == frames.count)
        for (change, frame) in zip(changes, frames) {
            guard case .object(var message)? = JSONValue(foundation: WatchMessage.encode(change)),
                case .object(var instance)? = message["instance"]
            else {
                Issue.record("the message is no object with an instance in it")
                return
            }
            #expect(instance.removeValue(forKey: "cluster") == .string("north"))
            message["instance"] = .object(instance)
            #expect(.object(message) == JSONValue(foundation: Array(frame.utf8)))
        }
    }

    @Test("of the extended watch has revision, cursor, source and time beside the same members")
    func withRevision() throws {
        for change in try Self.changes() {
            let batch = EventBatch(
                revision: Revision(epoch: 0xAB, sequence: 7), changes: [change, change], consumers: [],
                observed: UnixTime(nanoseconds: 1_795_360_308_792_000_000))
            let bytes = WatchMessage.encode(
                change, as: change.action, of: batch, at: EventCursor(after: 0, of: batch))
            guard case .object(var message)? = JSONValue(foundation: bytes) else {
                Issue.record("the message is no object")
                return
            }
            #expect(message.removeValue(forKey: "revision") == .string("ab.7"))
            #expect(message.removeValue(forKey: "cursor") == .string("ab.7.1"))
            #expect(message.removeValue(forKey: "observed") == JSONValue(foundation: Array("1795360308.792".utf8)))
            #expect(message.removeValue(forKey: "source") == .string("north"))
            #expect(.object(message) == JSONValue(foundation: WatchMessage.encode(change)))
        }
    }

    @Test("a DELETE because the word passed to another source names the source that had it")
    func passedOn() throws {
        let change = try #require(try Self.changes().first)
        let passed = VisibleChange(
            action: .update, microservice: change.microservice, canonicalID: change.canonicalID,
            instance: change.instance, source: SourceID("south"), formerSource: SourceID("north"))
        let batch = EventBatch(
            revision: Revision(epoch: 0xAB, sequence: 7), changes: [passed], consumers: [],
            observed: UnixTime(nanoseconds: 1_795_360_308_792_000_000))
        for (action, source) in [(VisibleChange.Action.delete, "north"), (.create, "south"), (.update, "south")] {
            let bytes = WatchMessage.encode(passed, as: action, of: batch, at: EventCursor(after: 0, of: batch))
            #expect(JSONValue(parsing: bytes)?["source"]?.text == source)
            #expect(try WatchEvent(bytes).source == source)
            #expect(try WatchEvent(WatchMessage.encode(passed, as: action)).source == source)
        }
    }

    @Test("is read back by our own client")
    func reading() throws {
        let event = try WatchEvent(WatchMessage.encode(try #require(try Self.changes().first)))
        #expect((event.action, event.source) == ("CREATE", "north"))
        #expect((event.application, event.service, event.version) == ("shop", "billing", "1.2.0"))
        #expect((event.hostName, event.status) == ("watched", "UP"))
        #expect(event.endpoints == ["rest://10.1.200.1:1"])
        #expect(event.instanceID == "296a5f65e65611f1b838fa33dc6e206f")
        #expect(event.environment == "")
    }

    @Test("shows the canonical ID in place of the source's, whatever characters it has")
    func canonicalID() throws {
        let registry = Merged.registry([
            ("strong", RegistryDelta(microservice: #"q"\q"#, instances: [])),
            ("weak", RegistryDelta(microservice: "weak-id", instances: [])),
        ])
        var copy = registry
        let delta = RegistryDelta(microservice: "weak-id", instances: ["i"])
        let change = try #require(copy.apply(delta, from: SourceID("weak")).instances.first)
        let instance = JSONValue(foundation: WatchMessage.encode(change))?["instance"]
        #expect(instance?["serviceId"] == .string(#"q"\q"#))
        #expect(instance?["cluster"] == .string("weak"))
    }
}

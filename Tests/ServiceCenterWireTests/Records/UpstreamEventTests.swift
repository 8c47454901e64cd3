import Registry
import ServiceCenterWire
import TestSupport
import Testing

@Suite("A frame of an upstream's watch")
struct UpstreamEventTests {
    /// What a frame tells, in a word, of which instance, and its value.
    private static func read(_ text: String) throws(JSONError) -> (text: String, value: String) {
        switch try UpstreamEvent.read(Array(text.utf8), in: Tenant(domain: "d", project: "p")).event {
        case .says(let ref, _, let value, _, _):
            ("says \(ref.service.tenant) \(ref.service.id) \(ref.id)", String(decoding: value, as: UTF8.self))
        case .ends(let ref, _): ("ends \(ref.service.tenant) \(ref.service.id) \(ref.id)", "")
        case .nothing: ("nothing", "")
        case .unclear: ("unclear", "")
        }
    }

    private static func value(_ instance: String) throws(JSONError) -> String {
        let (text, value) = try read(#"{"action":"UPDATE","key":{"tenant":"x/y"},"instance":"# + instance + "}")
        #expect(text == "says x/y s i")
        return value
    }

    @Test("has the instance as a dump has it: without the cluster that a Mainstem adds")
    func cluster() throws {
        let instance = #"{"instanceId":"i","serviceId":"s","properties":{"cluster":"own"}}"#
        #expect(try Self.value(instance) == instance)
        #expect(try Self.value(instance.dropLast() + #","cluster":"north"}"#) == instance)
        #expect(try Self.value(instance.dropLast() + #" , "cluster" : "a\"b" }"#) == instance.dropLast() + " }")
    }

    @Test("says from which of its sources a Mainstem has the instance, if it does")
    func origin() throws {
        func origin(_ rest: String) throws -> String? {
            let frame = #"{"action":"UPDATE","instance":{"instanceId":"i","serviceId":"s"\#(rest)}}"#
            guard case .says(_, _, _, _, let origin) = try UpstreamEvent.read(Array(frame.utf8), in: .default).event
            else { return "nothing said" }
            return origin
        }
        #expect(try origin(#","cluster":"a\"b""#) == #"a"b"#)
        #expect(try origin(#","cluster":null"#) == nil)
        #expect(try origin("") == nil)
    }

    @Test("ends an instance, or tells what only a read can settle")
    func actions() throws {
        let end = #"{"action":"DELETE","instance":{"instanceId":"i","serviceId":"s"}}"#
        #expect(try Self.read(end).text == "ends d/p s i")
        #expect(try Self.read(end.replacing("DELETE", with: "SNAPSHOT")).text == "says d/p s i")
        #expect(try Self.read(#"{"action":"HEARTBEAT","revision":"1.2"}"#).text == "nothing")
        for frame in [#"{"action":"EXPIRE","key":{}}"#, #"{"action":"EXPIRE","instance":null}"#, "{}"] {
            #expect(try Self.read(frame).text == "unclear")
        }
    }

    @Test("says which microservice the upstream took the ID for, if it does")
    func microservice() throws {
        func key(_ text: String) throws -> String? {
            let frame = #"{"action":"DELETE",\#(text)"instance":{"instanceId":"i","serviceId":"s"}}"#
            guard case .ends(_, let key) = try UpstreamEvent.read(Array(frame.utf8), in: .default).event else {
                return nil
            }
            return key?.description
        }
        let name = #""appId":"shop","serviceName":"cart","version":"1""#
        #expect(try key(#""key":{"tenant":"default/default",\#(name)},"#) == "/shop/cart/1")
        #expect(try key(#""key":{"tenant":"default/default","environment":"test",\#(name)},"#) == "test/shop/cart/1")
        #expect(try key(#""key":{"tenant":"default/default"},"#) == nil)
        #expect(try key("") == nil)
    }

    @Test("says where a Mainstem's watch goes on, but for one that starts over")
    func cursor() throws {
        let cursors = [
            (#"{"action":"SYNCED","revision":"1.2","cursor":"1.2"}"#, "1.2"),
            (#"{"action":"DELETE","cursor":"1.3.4","instance":{"instanceId":"i","serviceId":"s"}}"#, "1.3.4"),
            (#"{"action":"SNAPSHOT","revision":"1.2","instance":{"instanceId":"i","serviceId":"s"}}"#, ""),
            (#"{"action":"COMPACTED","revision":"2.2","cursor":"2.2"}"#, ""),
        ]
        for (text, cursor) in cursors {
            #expect(try UpstreamEvent.read(Array(text.utf8), in: .default).cursor == cursor)
        }
    }

    @Test(
        "that breaks a rule is refused",
        arguments: [
            "", "[]", #"{"action":"CREATE"}"#, #"{"action":"DELETE","instance":{"instanceId":"i"}}"#,
            #"{"action":"CREATE","instance":{"instanceId":"i","serviceId":"s"}"#, #"{"action":1}"#,
        ])
    func malformed(frame: String) {
        #expect(throws: JSONError.self) { try Self.read(frame) }
    }

    @Test("of the real server is read", .enabled(if: Recordings.areThere, "reads ../shared"))
    func recorded() throws {
        let frames = try JSONValue(parsing: Recordings.data("watch-frames.json"))?.elements ?? []
        let texts = frames.filter { $0["from"]?.text == "server" }.compactMap { $0["frame"]?.text }
        let read = try texts.map { try Self.read($0) }
        #expect(read.map { $0.text.prefix(4) } == ["says", "says", "says", "ends"])
        // These very bytes stand in a dump.
        for (text, event) in zip(texts, read).dropLast() { #expect(text.hasSuffix(event.value + "}")) }
    }
}

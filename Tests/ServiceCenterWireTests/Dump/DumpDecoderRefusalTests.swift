import Registry
import ServiceCenterWire
import Testing

@Suite("The dump decoder, given what is no entry of its table,")
struct DumpDecoderRefusalTests {
    static let service = "/cse-sr/ms/files/default/default/s1"
    static let instance = "/cse-sr/inst/files/default/default/s1/i1"
    static let tags = "/cse-sr/ms/tags/default/default/s1"
    static let rule = "/cse-sr/ms/rules/default/default/s1/r1"
    static let summary = "/cse-sr/ms/schema-sum/default/default/s1/x"
    static let consumer = "/cse-sr/ms/dep-rules/default/default/c//shop/web/1.0.0"

    private func decode(_ table: String, _ key: String, _ value: String) throws(JSONError) -> [DumpEntry] {
        try Dumps.decoded(Dumps.text([(table, [#"{"key":"\#(key)","rev":1,"value":\#(value)}"#])]))
    }

    @Test("takes the valid forms of each table")
    func valid() throws {
        #expect(
            try decode("services", Self.service, #"{"serviceId":"s1","serviceName":"a","properties":null}"#).count == 1)
        #expect(try decode("instances", Self.instance, #"{"instanceId":"i1","serviceId":"s1"}"#).count == 1)
        #expect(try decode("serviceTags", Self.tags, #"{"a":"1"}"#).count == 1)
        #expect(try decode("serviceRules", Self.rule, #"{"ruleType":"WHITE"}"#).count == 1)
        #expect(try decode("summaries", Self.summary, #""abc""#).count == 1)
        #expect(try decode("dependencyRules", Self.consumer, #"{"Dependency":null}"#).count == 1)
    }

    @Test("takes a null for nothing, as Go does, wherever it may be left out")
    func null() throws {
        let service = #"{"serviceId":"s1","serviceName":"a","environment":null,"alias":null,"status":null}"#
        #expect(try decode("services", Self.service, service).count == 1)
        let text = #"{"instanceId":"i1","serviceId":"s1","status":null,"version":null,"healthCheck":null}"#
        guard case .instance(let instance) = try decode("instances", Self.instance, text).first else {
            Issue.record("no instance")
            return
        }
        #expect(instance.status == .up && instance.leaseSeconds == 120 && instance.hasVersion)
        let entry = #"{"key":"\#(Self.instance)","rev":null,"cluster":null,"via":null,"value":\#(text)}"#
        #expect(try Dumps.decoded(Dumps.text([("instances", [entry])])).count == 1)
        // Not what an entry is about.
        #expect(throws: JSONError.self) {
            try decode("instances", Self.instance, #"{"instanceId":null,"serviceId":"s1"}"#)
        }
    }

    @Test(
        "names the table",
        arguments: [
            ("services", service, "1"), ("services", service, "{}"), ("services", service, "null"),
            ("services", service, #"{"serviceId":"s1"}"#), ("services", service, #"{"serviceName":"a"}"#),
            ("services", service, #"{"serviceId":"s2","serviceName":"a"}"#),
            ("services", service, #"{"serviceId":1,"serviceName":"a"}"#),
            ("services", service, #"{"serviceId":"s1","serviceName":"a","x":[1}}"#),
            ("services", service, #"{"serviceId":"s1","serviceName":"a","x":nope}"#),
            ("services", service, #"{"serviceId":"s1","serviceName":"a","x":"\q"}"#),
            ("services", "s1", #"{"serviceId":"s1","serviceName":"a"}"#),
            ("services", "/default/s1", #"{"serviceId":"s1","serviceName":"a"}"#),
            ("instances", instance, "[]"), ("instances", instance, #"{"instanceId":"i1"}"#),
            ("instances", instance, #"{"instanceId":"i2","serviceId":"s1"}"#),
            ("instances", instance, #"{"instanceId":"i1","serviceId":"s2"}"#),
            ("instances", instance, #"{"instanceId":"i1","serviceId":"s1","endpoints":[1,]}"#),
            ("instances", "/i1", #"{"instanceId":"i1","serviceId":"s1"}"#),
            ("serviceTags", tags, #"{"a":1}"#), ("serviceTags", tags, "[]"), ("serviceRules", rule, #""x""#),
            ("summaries", summary, "{}"), ("dependencyRules", consumer, #"{"Dependency":{}}"#),
            ("dependencyRules", consumer, #"{"Dependency":[{"appId":1}]}"#), ("dependencyRules", "/c/x", "{}"),
        ])
    func malformed(table: String, key: String, value: String) {
        let error = #expect(throws: JSONError.self) { try decode(table, key, value) }
        #expect(error?.problem.hasPrefix("entry of \(table): ") == true, "\(String(describing: error))")
    }

    @Test("names the very byte of the dump that is wrong")
    func place() {
        let value = #"{"serviceId":"s1","serviceName":"a","x":"\q"}"#
        let text = Dumps.text([("services", [#"{"key":"\#(Self.service)","rev":1,"value":\#(value)}"#])])
        let error = #expect(throws: JSONError.self) { try Dumps.decoded(text) }
        let expected = text.utf8.count - #"\q"}}]}}"#.utf8.count
        #expect(error?.offset == expected)
    }

    @Test(
        "takes a microservice's ID whatever characters it has, escaped in the key or not",
        arguments: [
            (#"a\"b"#, "a\"b"), (#"a\\b"#, #"a\b"#), (#"a\u0026b"#, "a&b"), (#"a&b"#, "a&b"), ("a/b", "a/b"),
        ])
    func escapedIDs(escaped: String, id: String) throws {
        let service = try decode(
            "services", "/cse-sr/ms/files/default/default/\(escaped)",
            #"{"serviceId":"\#(escaped)","serviceName":"a"}"#)
        let instance = try decode(
            "instances", "/cse-sr/inst/files/default/default/\(escaped)/i1",
            #"{"instanceId":"i1","serviceId":"\#(escaped)"}"#)
        #expect(Dumps.delta(service).microservices.map(\.id.text) == [id])
        #expect(Dumps.delta(instance).instances.map(\.ref.service.id.text) == [id])
    }
}

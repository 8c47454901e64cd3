import Testing

/// What the integration specs of service-center 1.4.8 send and expect of instances, of governance and of the registry
/// itself, against the real binary.
@Suite("As service-center's own integration specs expect it of instances")
struct InstanceConformanceTests {
    private static let path = "/registry/microservices/{cart}/instances"

    /// The body of an instance as the specs register it; `more` are members before the others.
    private static func body(_ more: String = "") -> String {
        """
        {"instance":{\(more)"endpoints":["cse://127.0.0.1:9984"],"hostName":"cse","status":"UP",\
        "environment":"production","properties":{"_TAGS":"A,B","attr1":"a","nodeIP":"one"},\
        "healthCheck":{"mode":"push","interval":30,"times":2}}}
        """
    }

    /// A microservice with an instance, before and after each story.
    private static func play(_ home: ConformanceWorld.Home, _ steps: [Step]) async throws {
        let before = [
            ConformanceTests.microservice("cart"), Step("POST \(path)", body(), keeping: ["one": "instanceId"]),
        ]
        let after = [Step("DELETE \(path)/{one}"), ConformanceTests.removal("cart")]
        try await Story.play(home, before + steps + after)
    }

    @Test("registering", arguments: ConformanceWorld.Home.allCases)
    func registering(_ home: ConformanceWorld.Home) async throws {
        try await Self.play(
            home,
            [
                Step("POST \(Self.path)", #"{"instancse":{"hostName":"cse","status":"UP"}}"#, gives: 400),
                Step("POST \(Self.path)", Self.body(#""instanceId":"{one}","#), exactly: #"{"instanceId":"{one}"}"#),
                Step("POST \(Self.path)", Self.body(), keeping: ["two": "instanceId"]),
                Step(
                    "GET \(Self.path)", by: "{cart}",
                    showing: #"{"instances":[{"instanceId":"{one}"},{"instanceId":"{two}"}]}"#),
                Step("DELETE \(Self.path)/{two}"), Step("DELETE \(Self.path)/{two}", gives: 400),
                Step("GET \(Self.path)", by: "{cart}", lacking: #"{"instances":[{"instanceId":"{two}"}]}"#),
            ])
    }

    @Test("finding", arguments: ConformanceWorld.Home.allCases)
    func finding(_ home: ConformanceWorld.Home) async throws {
        let found = #"{"instances":[{"instanceId":"{one}","serviceId":"{cart}"}]}"#
        let find = "GET /registry/instances?serviceName=cart&version=0.0.2&appId="
        try await Self.play(
            home,
            [
                Step(
                    find + "conformance", by: "{cart}", showing: found, keepingHeaders: ["rev": "X-Resource-Revision"]),
                Step(
                    find + "conformance&rev={rev}", by: "{cart}", gives: 304, exactly: "",
                    keepingHeaders: ["again": "X-Resource-Revision"]),
                Step(find + "XXXX", by: "{cart}", gives: 400), Step("GET \(Self.path)", by: "{cart}", showing: found),
                Step("GET /registry/microservices/XX/instances", by: "{cart}", gives: 400),
                Step("GET \(Self.path)/{one}", by: "{cart}", showing: #"{"instance":{"instanceId":"{one}"}}"#),
                Step("GET \(Self.path)/XX", by: "{cart}", gives: 400),
            ])
    }

    @Test("finding many at once", arguments: ConformanceWorld.Home.allCases)
    func batch(_ home: ConformanceWorld.Home) async throws {
        func service(_ name: String) -> String {
            #"{"service":{"appId":"conformance","serviceName":"\#(name)","version":"0.0.2"}}"#
        }
        func instance(_ id: String) -> String { #"{"instance":{"serviceId":"{cart}","instanceId":"\#(id)"}}"# }
        let asked = """
            {"services":[\(service("cart")),\(service("unknown"))],
            "instances":[\(instance("{one}")),\(instance("unknown"))]}
            """
        let updated = #"{"index":0,"instances":[{"instanceId":"{one}"}]}"#
        let expected = """
            {"services":{"updated":[\(updated)],"failed":[{"indexes":[1],"error":{"errorCode":"400012"}}]},
            "instances":{"updated":[\(updated)],"failed":[{"indexes":[1],"error":{"errorCode":"400017"}}]}}
            """
        try await Self.play(
            home,
            [
                Step("POST /registry/instances/action", asked, by: "{cart}", gives: 400),
                Step("POST /registry/instances/action?type=query", asked, by: "{cart}", showing: expected),
            ])
    }

    @Test("changing properties and status", arguments: ConformanceWorld.Home.allCases)
    func changes(_ home: ConformanceWorld.Home) async throws {
        let properties = #"{"properties":{"_TAGS":"A,B","attr1":"NewValue","nodeIP":"two"}}"#
        func shown(_ member: String) -> String { #"{"instances":[{"instanceId":"{one}",\#(member)}]}"# }
        try await Self.play(
            home,
            [
                Step("PUT \(Self.path)/{one}/properties", properties),
                Step("GET \(Self.path)", by: "{cart}", showing: shown(String(properties.dropFirst().dropLast()))),
                Step("PUT \(Self.path)/WRONG/properties", #"{"properties":{}}"#, gives: 400),
                Step("PUT \(Self.path)/{one}/status?value=INVALID", gives: 400),
                Step("GET \(Self.path)", by: "{cart}", showing: shown(#""status":"UP""#)),
                Step("PUT \(Self.path)/{one}/status?value=DOWN"),
                Step("GET \(Self.path)", by: "{cart}", showing: shown(#""status":"DOWN""#)),
            ])
    }

    @Test("heartbeats and watches", arguments: ConformanceWorld.Home.allCases)
    func heartbeats(_ home: ConformanceWorld.Home) async throws {
        func set(_ ids: String...) -> String {
            let instances = ids.map { #"{"serviceId":"{cart}","instanceId":"\#($0)"}"# }
            return #"{"instances":[\#(instances.joined(separator: ","))]}"#
        }
        try await Self.play(
            home,
            [
                Step("PUT \(Self.path)/{one}/heartbeat"), Step("PUT \(Self.path)/XXX/heartbeat", gives: 400),
                Step("PUT /registry/heartbeats", set("{one}"), exactly: ""),
                Step("PUT /registry/heartbeats", set("{one}", "XXX"), gives: 400, showing: #"{"errorCode":"400017"}"#),
                Step("PUT /registry/heartbeats", set(), gives: 400),
                // Without an upgrade a watch is refused.
                Step("GET /registry/microservices/{cart}/watcher", gives: 400),
                Step("GET /registry/microservices/{cart}/listwatcher", gives: 400),
            ])
    }

    @Test("governance", arguments: ConformanceWorld.Home.allCases)
    func governance(_ home: ConformanceWorld.Home) async throws {
        try await Self.play(
            home,
            [
                Step(
                    "GET /govern/microservices/{cart}",
                    showing:
                        #"{"service":{"microService":{"serviceId":"{cart}"},"instances":[{"instanceId":"{one}"}]}}"#),
                Step("GET /govern/microservices/XXXXX", gives: 400),
                Step("GET /govern/relations", showing: #"{"nodes":[{"id":"{cart}"}]}"#),
                Step(
                    "GET /govern/microservices",
                    showing: #"{"allServicesDetail":[{"microService":{"serviceId":"{cart}"}}]}"#),
                Step("GET /govern/apps", showing: #"{"appIds":["conformance"]}"#),
            ])
    }

    @Test("the registry itself", arguments: ConformanceWorld.Home.allCases)
    func admin(_ home: ConformanceWorld.Home) async throws {
        try await Self.play(
            home,
            [
                Step("GET /admin/dump", showing: #"{"cache":{"services":[{"value":{"serviceId":"{cart}"}}]}}"#),
                Step("GET /registry/health", showing: #"{"instances":[{"status":"UP"}]}"#),
                Step("GET /registry/version", showing: #"{"apiVersion":"4.0.0"}"#),
            ])
    }
}

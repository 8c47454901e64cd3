import Testing

/// What the integration specs of service-center 1.4.8 send and expect, family by family, against the real binary.
@Suite("As service-center's own integration specs expect it")
struct ConformanceTests {
    /// A microservice as the specs register it, kept as `NAME`.
    static func microservice(
        _ name: String, version: String = "0.0.2", schemas: String = #"["testSchema"]"#
    ) -> Step {
        Step(
            "POST /registry/microservices",
            """
            {"service":{"serviceName":"\(name)","appId":"conformance","version":"\(version)","description":"examples",
            "level":"FRONT","schemas":\(schemas),"status":"UP","properties":{"attr1":"aa"}}}
            """, keeping: [name: "serviceId"])
    }

    static func removal(_ name: String) -> Step { Step("DELETE /registry/microservices/{\(name)}?force=true") }

    @Test("microservices", arguments: ConformanceWorld.Home.allCases)
    func microservices(_ home: ConformanceWorld.Home) async throws {
        let existence = "GET /registry/existence?type=microservice&serviceName=cart&version=0.0.2"
        try await Story.play(
            home,
            [
                Self.microservice("cart"),
                Step(existence + "&appId=conformance", exactly: #"{"serviceId":"{cart}"}"#),
                Step(existence + "&appId=", gives: 400),
                Step("GET /registry/microservices/{cart}", showing: #"{"service":{"serviceName":"cart"}}"#),
                Step("GET /registry/microservices/abcd", gives: 400, showing: #"{"errorCode":"400012"}"#),
                Step("GET /registry/microservices", showing: #"{"services":[{"serviceName":"cart"}]}"#),
                Step("GET /registry/microservices", domain: "default1", exactly: "{}"),
                Step("PUT /registry/microservices/{cart}/properties", #"{"properties":{"attr2":"bb"}}"#),
                Step(
                    "GET /registry/microservices/{cart}", showing: #"{"service":{"properties":{"attr2":"bb"}}}"#,
                    lacking: #"{"service":{"properties":{"attr1":"aa"}}}"#),
                Step("PUT /registry/microservices/WrongID/properties", #"{"properties":{"a":"b"}}"#, gives: 400),
                Step("PUT /registry/microservices/WrongID/properties", #"{"wrongtype":{"a":"b"}}"#, gives: 400),
                Step("DELETE /registry/microservices/56565?force=true", gives: 400),
                Self.removal("cart"), Step("GET /registry/microservices/{cart}", gives: 400),
                Step("GET /registry/microservices", lacking: #"{"services":[{"serviceName":"cart"}]}"#),
            ])
    }

    @Test("dependencies", arguments: ConformanceWorld.Home.allCases)
    func dependencies(_ home: ConformanceWorld.Home) async throws {
        func declared(_ providers: String) -> String {
            let consumer = #"{"appId":"conformance","serviceName":"web","version":"2.0.0"}"#
            return #"{"dependencies":[{"consumer":\#(consumer),"providers":[\#(providers)]}]}"#
        }
        let providers = "GET /registry/microservices/{web}/providers"
        try await Story.play(
            home,
            [
                Self.microservice("cart"), Self.microservice("web", version: "2.0.0"),
                Step(
                    "PUT /registry/dependencies",
                    declared(#"{"appId":"conformance","serviceName":"cart","version":"0.0.2"}"#)),
                Step(providers, showing: #"{"providers":[{"serviceName":"cart"}]}"#),
                Step(
                    "POST /registry/dependencies",
                    declared(#"{"appId":"conformance","serviceName":"web","version":"2.0.0"}"#)),
                Step(providers, showing: #"{"providers":[{"serviceName":"cart"},{"serviceName":"web"}]}"#),
                Step(
                    "GET /registry/microservices/{cart}/consumers",
                    showing: #"{"consumers":[{"serviceName":"web"}]}"#),
                Step("DELETE /registry/microservices/{cart}", gives: 400, showing: #"{"errorCode":"400023"}"#),
                Step("PUT /registry/dependencies", declared("")), Step(providers, exactly: "{}"),
                Step("GET /registry/microservices/wrongID/providers", gives: 400),
                Step("GET /registry/microservices/wrongID/consumers", gives: 400),
                Self.removal("web"), Self.removal("cart"),
            ])
    }

    @Test("schemas", arguments: ConformanceWorld.Home.allCases)
    func schemas(_ home: ConformanceWorld.Home) async throws {
        let path = "/registry/microservices/{cart}/schemas"
        let second = #"{"schema":"second_schema","summary":"second0summary","schemaId":"second"}"#
        try await Story.play(
            home,
            [
                Self.microservice("cart", schemas: #"["first","second"]"#),
                Step("PUT \(path)/first", #"{"schema":"first_schema"}"#),
                Step("POST \(path)", #"{"schemas":[\#(second)]}"#),
                Step("GET \(path)/second", exactly: #"{"schema":"second_schema"}"#),
                Step("GET \(path)/third", gives: 400),
                Step(
                    "GET \(path)",
                    showing: #"{"schemas":[{"schemaId":"first"},{"schemaId":"second","summary":"second0summary"}]}"#),
                Step("GET \(path)?withSchema=1", showing: #"{"schemas":[{"schema":"second_schema"}]}"#),
                Step("DELETE \(path)/second"), Step("GET \(path)/second", gives: 400),
                Step("DELETE \(path)/second", gives: 400), Self.removal("cart"),
            ])
    }

    @Test("tags", arguments: ConformanceWorld.Home.allCases)
    func tags(_ home: ConformanceWorld.Home) async throws {
        let path = "/registry/microservices/{cart}/tags"
        let tags = #"{"tags":{"testkey":"testValue"}}"#
        try await Story.play(
            home,
            [
                Self.microservice("cart"), Step("GET \(path)", by: "{cart}", exactly: "{}"),
                Step("POST \(path)", "{}"), Step("POST \(path)", #"{"tags":{}}"#),
                Step("POST \(path)", tags), Step("GET \(path)", by: "{cart}", exactly: tags),
                Step("PUT \(path)/testkey?value=newValue"),
                Step("GET \(path)", by: "{cart}", exactly: #"{"tags":{"testkey":"newValue"}}"#),
                Step("PUT \(path)/unknown?value=newValue", gives: 400), Step("DELETE \(path)/unknown", gives: 400),
                Step("GET \(path)", by: "{cart}", exactly: #"{"tags":{"testkey":"newValue"}}"#),
                Step("DELETE \(path)/testkey"), Step("GET \(path)", by: "{cart}", exactly: "{}"),
                Step("POST /registry/microservices/XXX/tags", tags, gives: 400),
                Step("GET /registry/microservices/XXX/tags", gives: 400),
                Step("PUT /registry/microservices/XXX/tags/testkey?value=v", gives: 400),
                Step("DELETE /registry/microservices/XXX/tags/testkey", gives: 400), Self.removal("cart"),
            ])
    }

    @Test("access rules", arguments: ConformanceWorld.Home.allCases)
    func rules(_ home: ConformanceWorld.Home) async throws {
        func rule(_ kind: String = "WHITE", _ attribute: String = "tag_a", _ pattern: String = "a+") -> String {
            #"{"ruleType":"\#(kind)","attribute":"\#(attribute)","pattern":"\#(pattern)","description":"test "}"#
        }
        func rules(_ rule: String) -> String { #"{"rules":[\#(rule)]}"# }
        let path = "/registry/microservices/{cart}/rules"
        try await Story.play(
            home,
            [
                Self.microservice("cart"), Step("GET \(path)", by: "{cart}", exactly: "{}"),
                Step("POST \(path)", rules("{}"), gives: 400), Step("POST \(path)", rules(rule("UNKNOWN")), gives: 400),
                Step("POST /registry/microservices/XXX/rules", rules("{}"), gives: 400),
                Step("POST \(path)", rules(rule()), keeping: ["rule": "RuleIds.0"]),
                Step("POST \(path)", rules(rule()), exactly: "{}"),
                Step("GET \(path)", by: "{cart}", showing: rules(rule())),
                Step("PUT \(path)/{rule}", rule("WHITE", "tag_b")),
                Step("GET \(path)", by: "{cart}", showing: rules(rule("WHITE", "tag_b")), lacking: rules(rule())),
                Step("PUT \(path)/{rule}", rule("UNKNOWN", "tag_b"), gives: 400),
                Step("PUT \(path)/{rule}", rule("WHITE", "tag_b", ""), gives: 400),
                Step("PUT \(path)/{rule}", rule("BLACK", "tag_b"), gives: 400),
                Step("PUT \(path)/XXXX", rule("WHITE", "tag_b"), gives: 400),
                Step("GET /registry/microservices/XXX/rules", gives: 400),
                Step("DELETE \(path)/XX", gives: 400),
                Step("DELETE /registry/microservices/XX/rules/{rule}", gives: 400),
                Step("DELETE \(path)/{rule}"), Step("GET \(path)", by: "{cart}", exactly: "{}"),
                Self.removal("cart"),
            ])
    }
}

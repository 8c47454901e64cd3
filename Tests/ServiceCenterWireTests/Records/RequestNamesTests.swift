import Registry
import ServiceCenterWire
import Testing

@Suite("The names in the body of a request")
struct RequestNamesTests {
    private static let tenant = Tenant(domain: "north", project: "p")

    private static func translate(_ name: MicroserviceName) -> MicroserviceName {
        var own = name
        own.tenant = Tenant(domain: "default", project: name.tenant.project)
        own.environment = name.environment == "" ? "production" : name.environment
        if name.application == "store" { own.application = "shop" }
        return own
    }

    @Test(
        "of a registration are translated, and nothing else",
        arguments: [
            (
                #"{"service":{"appId":"store","serviceName":"a","x":1},"tags":{"appId":"store"}}"#,
                #"{"service":{"appId":"shop","serviceName":"a","x":1,"environment":"production"},"#
                    + #""tags":{"appId":"store"}}"#
            ),
            (
                #"{"service":{"serviceName":"a","environment":"dev"}}"#,
                #"{"service":{"serviceName":"a","environment":"dev"}}"#
            ),
            (#"{"service":[]}"#, #"{"service":[]}"#), ("nonsense", "nonsense"),
        ])
    func registration(body: String, translated: String) throws {
        let result = try RequestBody.translating(
            registration: Array(body.utf8), in: Self.tenant, Self.translate)
        #expect(String(decoding: result, as: UTF8.self) == translated)
    }

    @Test(
        "of a declaration are translated in consumers and providers, which may take over their consumer's",
        arguments: [
            (
                #"{"dependencies":[{"consumer":{"appId":"store","serviceName":"a","version":"1"},"#
                    + #""providers":[{"serviceName":"b"}]}]}"#,
                #"{"dependencies":[{"consumer":"#
                    + #"{"appId":"shop","serviceName":"a","version":"1","environment":"production"},"#
                    + #""providers":[{"serviceName":"b","appId":"shop","environment":"production"}]}]}"#
            ),
            (
                #"{"dependencies":[{"consumer":{"env":"","appId":"x"},"#
                    + #""providers":[{"tenant":"north/q","serviceName":"*"}]}]}"#,
                #"{"dependencies":[{"consumer":{"env":"production","appId":"x"},"#
                    + #""providers":[{"tenant":"default/q","serviceName":"*","environment":"production"}]}]}"#
            ), (#"{"dependencies":7}"#, #"{"dependencies":7}"#),
        ])
    func declaration(body: String, translated: String) throws {
        let result = try RequestBody.translating(
            dependencies: Array(body.utf8), in: Self.tenant, Self.translate)
        #expect(String(decoding: result, as: UTF8.self) == translated)
    }
}

import HashTreeCollections
import Registry
import ServiceCenterWire
import TestSupport
import Testing

@testable import Discovery

/// Rules and words: service-center's `dependency.go`, `dependency_util.go` and `dependency_validator.go`.
@Suite("Dependencies in the local registry")
struct LocalDependencyTests {
    private var registry = LocalState(LocalRegistry(settings: LocalSettings()))
    private let web = #"{"appId":"shop","serviceName":"web","version":"1.0.0"}"#

    init() throws { _ = try registry.register(service: "web") }

    private func declare(_ providers: String, isWhole: Bool = true, consumer: String? = nil) -> RegistryWrite {
        let body = #"{"dependencies":[{"consumer":\#(consumer ?? web),"providers":[\#(providers)]}]}"#
        return .declareDependencies(body: Array(body.utf8), isWhole: isWhole)
    }

    private func provider(_ name: String, _ version: String, _ more: String = "") -> String {
        #"{"serviceName":"\#(name)","version":"\#(version)"\#(more)}"#
    }

    private var kept: [String] {
        registry.registry.dependencies.values.flatMap { $0 }.map { "\($0.name.name) \($0.version)" }.sorted()
    }

    @Test("are replaced by a whole declaration, and taken away by an empty one")
    mutating func whole() throws {
        _ = try registry.write(declare(provider("a", "1") + "," + provider("b", "0+")))
        #expect(kept == ["a 1", "b 0+"])
        _ = try registry.write(declare(provider("c", "latest")))
        #expect(kept == ["c latest"])
        let delta = try registry.write(declare("")).delta
        #expect(delta.removedDependencies.map(\.name.name) == ["web"])
        #expect(kept.isEmpty)
        #expect(try registry.write(declare("")).delta.isEmpty)
    }

    @Test("are added to by another one, of each provider the last version rule, until everything is meant")
    mutating func added() throws {
        _ = try registry.write(declare(provider("a", "1") + "," + provider("b", "0+"), isWhole: false))
        _ = try registry.write(declare(provider("a", "2") + "," + provider("c", "1"), isWhole: false))
        #expect(kept == ["a 2", "b 0+", "c 1"])
        _ = try registry.write(declare(provider("d", "1") + #",{"serviceName":"*"}"#, isWhole: false))
        #expect(kept == ["* "])
        _ = try registry.write(declare(provider("a", "1"), isWhole: false))
        #expect(kept == ["* "])
    }

    @Test("keep what the consumer knows of an alias")
    mutating func alias() throws {
        let delta = try registry.write(declare(provider("a", "1", #","alias":"x""#))).delta
        let key = JSONValue(parsing: delta.dependencies.first?.body ?? [])?["Dependency"]?.elements.first
        #expect(key?["alias"]?.text == "x")
        #expect(key?["serviceName"]?.text == "a")
    }

    @Test("hold a microservice that another one depends on, unless it is forced")
    mutating func hold() throws {
        let cart = try registry.register(service: "cart")
        _ = try registry.write(declare(provider("cart", "1.0+")))
        let refused = registry.refusal(of: .unregisterMicroservice(cart, force: false))
        #expect(refused == ServiceCenterError(.hasConsumers, "Can not delete this service, other service rely it."))
        for (rule, isHeld) in [("2.0+", false), ("latest", true), ("1.0.0", true), ("1.0-2.0", true), ("1", false)] {
            _ = try registry.write(declare(provider("cart", rule)))
            var copy = registry
            #expect((copy.refusal(of: .unregisterMicroservice(cart, force: false)) != nil) == isHeld, "\(rule)")
        }
        _ = try registry.write(declare(#"{"serviceName":"*"}"#))
        #expect(registry.refusal(of: .unregisterMicroservice(cart, force: false))?.code == .hasConsumers)
        #expect(registry.refusal(of: .unregisterMicroservice(cart, force: true)) == nil)
        // Itself does not count.
        let web = try registry.register(service: "web")
        #expect(registry.refusal(of: .unregisterMicroservice(web, force: false)) == nil)
    }

    @Test(
        "are refused in service-center's words",
        arguments: [
            ("", "unexpected end of JSON input"),
            (
                "{}",
                "field 'CreateDependenciesRequest.Dependencies' invalid value '[]' does not match rule: "
                    + "{Min: 1, Max: 100}"
            ),
            (
                #"{"dependencies":[{}]}"#,
                "field 'ConsumerDependency.Consumer' invalid value '<nil>' does not match rule: {Min: 1}"
            ),
            (
                #"{"dependencies":[{"consumer":{"appId":"a","serviceName":"b"}}]}"#,
                "field 'MicroServiceKey.Version' invalid value '' does not match rule: {Min: 1, Max: 64, Regexp: the"
            ),
        ])
    mutating func words(body: String, detail: String) {
        let refusal = registry.refusal(of: .declareDependencies(body: Array(body.utf8), isWhole: true))
        #expect(refusal?.code == .invalidParameters)
        #expect(refusal?.detail.hasPrefix(detail) == true, "\(refusal?.detail ?? "")")
    }

    @Test("are refused for their providers too")
    mutating func providers() {
        let none = registry.refusal(of: declare("", isWhole: false))?.detail
        #expect(none == "field 'ConsumerDependency.Providers' invalid value '[]' does not match rule: {Min: 1}")
        #expect(registry.refusal(of: declare(provider("a", "")))?.detail == "Required provider version")
        let four = registry.refusal(of: declare(provider("a", "1.2.3.4")))?.detail
        #expect(four?.contains("'1.2.3.4' does not match rule: {Max: 128, Regexp: the form x[.y[.z]] or ") == true)
        let twice = registry.refusal(of: declare(provider("a", "1") + "," + provider("a", "2")))?.detail
        #expect(twice?.hasPrefix("Invalid request body for provider info.Duplicate provider or ") == true)
        let nobody = #"{"appId":"shop","serviceName":"nobody","version":"1.0.0"}"#
        let unknown = registry.refusal(of: declare(provider("a", "1"), consumer: nobody))
        #expect(unknown == ServiceCenterError(.microserviceUnknown, "Consumer /shop/nobody/1.0.0 does not exist."))
    }
}
